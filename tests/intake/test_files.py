"""Writers upload files and send them with letters."""

from io import BytesIO

from PIL import Image

from tests.intake.front import Front


def jpeg(**saved: object) -> bytes:
    """A small photo."""
    out = BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG", **saved)
    return out.getvalue()


async def test_a_photo_is_cleaned_and_goes_with_a_letter(desk: Front) -> None:
    sent = await desk.post("/v1/files", jpeg(comment=b"SECRET"), content_type="image/jpeg")
    assert sent.status_code == 201, sent.text
    file = sent.json()["file"]
    letter = await desk.taken_in(files=[file])
    shown = await desk.get(f"/v1/letters/{letter}")
    assert [each["state"] for each in shown.json()["files"]] == ["waiting"]
