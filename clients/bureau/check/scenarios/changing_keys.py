"""Scenarios in which a key of the bureau or of the mailbox changes."""

from datetime import datetime

from clients.bureau.check import invented
from clients.bureau.check.acting import opening
from clients.bureau.check.cast import Cast
from clients.bureau.check.judged import both, opened
from clients.bureau.check.scenario import Scenario
from clients.bureau.check.scenarios import prompts
from clients.bureau.check.steps import Announce, LetSettle, Say, Script, Until
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import ScenarioVerdict, failed, not_seen, passed
from shared.contracts.bilingual import Bilingual

ROTATION, MAILBOX_KEY = "rotation", "mailbox_key"


def _rotation(cast: Cast, at: datetime) -> Script:
    """One letter for the new key, and one for the old key, which was sealed earlier and arrives
    late."""
    new, old = cast.letter(ROTATION), cast.letter(ROTATION, which=2)
    codes = cast.code(ROTATION), cast.code(ROTATION, which=2)
    return (
        Announce(f"bureau:{cast.bureau}", cast.kids),
        LetSettle(),
        Say(new, invented.assigned(cast.bureau, codes[0], at=at), kid=cast.kids[-1]),
        Say(old, invented.assigned(cast.bureau, codes[1], at=at), kid=cast.kids[0]),
        prompts.quote(new),
        prompts.quote(old),
        Until(lambda seen: opening(seen, new, code=codes[0]) and opening(seen, old, code=codes[1])),
    )


def _judge_rotation(cast: Cast, seen: Transcript) -> ScenarioVerdict:
    new = opened(seen, cast.letter(ROTATION), code=cast.code(ROTATION))
    old = opened(seen, cast.letter(ROTATION, which=2), code=cast.code(ROTATION, which=2))
    return both(new, old)


def _mailbox_key(cast: Cast, at: datetime) -> Script:
    letter = cast.letter(MAILBOX_KEY)
    return (
        Announce("router", cast.mailbox_kids),
        LetSettle(),
        Say(letter, invented.assigned(cast.bureau, cast.code(MAILBOX_KEY), at=at)),
        prompts.quote(letter),
        Until(lambda seen: any(heard.kids for heard in seen.acts(letter))),
    )


def _judge_mailbox_key(cast: Cast, seen: Transcript) -> ScenarioVerdict:
    letter, newest = cast.letter(MAILBOX_KEY), cast.mailbox_kids[-1]
    kids = {kid for heard in seen.acts(letter) for kid in heard.kids}
    if not kids:
        return not_seen(_NO_WORDS.filled(letter=letter))
    if kids != {newest}:
        return failed(_OLD_KEY.filled(letter=letter, newest=newest))
    return passed(_NEW_KEY.filled(letter=letter, newest=newest))


_NO_WORDS = Bilingual("{letter}：没有带文字的动作", "{letter}: no action with words came")
_OLD_KEY = Bilingual(
    "{letter}：文字没有密封给最新的密钥 {newest}",
    "{letter}: words were not sealed for the newest key, {newest}",
)
_NEW_KEY = Bilingual("{letter}：文字密封给 {newest}", "{letter}: words were sealed for {newest}")

SCENARIOS = (
    Scenario(
        ROTATION,
        Bilingual("更换本局密钥", "the bureau's key changes"),
        Bilingual("新旧密钥密封的信都能打开", "letters for the new key and the old one are opened"),
        Bilingual(
            "第 9 节：本局保存自己的私钥，停用的也保存到不再需要旧信为止",
            "section 9: the bureau keeps retired private keys as long as it keeps letters",
        ),
        _rotation,
        _judge_rotation,
        applies=lambda cast: cast.has_next_key,
        needs=Bilingual(
            "公钥文件须有两个公钥：现用的和要换成的",
            "the key file must hold two public keys: the present one and the next",
        ),
    ),
    Scenario(
        MAILBOX_KEY,
        Bilingual("更换信箱密钥", "the mailbox's key changes"),
        Bilingual("此后的文字密封给最新的密钥", "from then on words are sealed for the newest key"),
        Bilingual(
            "第 7、9 节：key.changed 列出持有者的全部公钥，密封用最后生效而未停用的一个",
            "sections 7 and 9: key.changed names all keys of a holder; the newest valid one seals",
        ),
        _mailbox_key,
        _judge_mailbox_key,
    ),
)
