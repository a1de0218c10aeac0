"""Replies of simulated bureaus, one for each category, in Chinese or English."""

from shared.contracts.vocabulary import Category

CHINESE: dict[Category, str] = {
    "inquiry": (
        "您好！来信收悉。您咨询的事项，可凭有效身份证件到就近的办事窗口办理，也可以在网上预约；"
        "办理条件和所需材料以窗口公示为准。如仍有疑问，欢迎再次来信。"
    ),
    "request": (
        "您好！来信收悉。您反映的需求已转相关部门办理，民警已到现场核实并作出安排，"
        "目前事项已经落实。感谢您的支持和监督。"
    ),
    "complaint": (
        "您好！来信收悉。我们已对您反映的情况进行核查，对工作中不到位的地方作了整改，"
        "并已要求有关人员改进。感谢您的监督。"
    ),
    "report": (
        "您好！来信收悉。您提供的情况已转属地派出所依法核查。如有新的线索，"
        "请直接与派出所联系；遇到紧急情况请拨打 110。"
    ),
    "suggestion": (
        "您好！来信收悉。您的建议很有价值，我们已经采纳，并将结合实际研究落实的办法和时间。"
        "感谢您对公安工作的关心。"
    ),
    "thanks": (
        "您好！来信收悉。感谢您的肯定，我们会把您的心意转达给相关同事，并继续努力做好工作。"
    ),
}
ENGLISH: dict[Category, str] = {
    "inquiry": (
        "Thank you for your letter. You can apply at the nearest service counter with a valid "
        "identity document, or book a time online; what is needed is posted at the counter. "
        "Please write again if anything remains unclear."
    ),
    "request": (
        "Thank you for your letter. What you asked for was passed to the unit in charge; "
        "officers have looked into it on the spot, and it is now settled."
    ),
    "complaint": (
        "Thank you for your letter. We have looked into what you describe, corrected what was "
        "not done well, and asked those concerned to do better."
    ),
    "report": (
        "Thank you for your letter. What you report was passed to the local police station, "
        "which will look into it by law. Please turn to the station with anything new, and "
        "call 110 in an emergency."
    ),
    "suggestion": (
        "Thank you for your letter. Your suggestion is a good one: we have adopted it, and "
        "will work out how and when to carry it out."
    ),
    "thanks": (
        "Thank you for your kind letter. We will pass it on to our colleagues, and keep at it."
    ),
}

AT_LENGTH = (
    "为便于您全面了解，现将有关规定、办理流程、所需材料和注意事项再作说明，请您逐项对照，如有不明之处请致电承办单位。",
    " So that you know all of it, here once more are the rules, the steps and the papers.",
)
TIMES = 120
"""How many such sentences make a long letter, well below the limit of a reply."""
BETTER = (
    "我们按审核意见再次作了核实（第{}次补充），以上情况属实；如需进一步了解，请与承办单位联系。",
    " We have looked into this once more (addition no. {}); it is as told, and the unit knows.",
)


def text_for(
    category: Category,
    *,
    is_english: bool,
    number: int,
    sent_back: int = 0,
    is_wordy: bool = False,
) -> str:
    """The reply; `number` is 1 for the first, and later ones say which they are. `is_wordy`: long.

    `sent_back`: how often the signer returned it; the text then says what was reconsidered.
    """
    text = ENGLISH[category] if is_english else CHINESE[category]
    if number > 1:
        text = (f"(Reply no. {number}) " if is_english else f"（第{number}次答复）") + text
    if is_wordy:
        text += AT_LENGTH[is_english] * TIMES
    if sent_back:
        text += BETTER[is_english].format(sent_back)
    return text
