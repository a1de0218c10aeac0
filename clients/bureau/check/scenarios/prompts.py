"""Instructions for a person who operates the system under check by hand."""

from clients.bureau.check.steps import Prompt
from shared.contracts.bilingual import Bilingual

_ACCEPT = Bilingual("请在您的系统中受理 {letter}。", "Accept {letter} in your system now.")
_QUOTE = Bilingual(
    "请受理 {letter}，并在备注或答复中写上信末的代码。",
    "Accept {letter}, and put the code on its last line into a note or reply.",
)
_NAME = Bilingual(
    "请受理 {letter}，并在备注中写上写信人的姓名。",
    "Accept {letter}, and put its writer's name into a note.",
)


def accept(letter: str) -> Prompt:
    """Accept a letter."""
    return Prompt(_ACCEPT.filled(letter=letter))


def quote(letter: str) -> Prompt:
    """Accept it and show that its words can be read."""
    return Prompt(_QUOTE.filled(letter=letter))


def quote_name(letter: str) -> Prompt:
    """Accept it and show that its writer is known."""
    return Prompt(_NAME.filled(letter=letter))
