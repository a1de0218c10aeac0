"""Notes, questions and promises of simulated bureaus in two languages."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from shared.contracts.bilingual import Bilingual, bilingual
from shared.contracts.vocabulary import DeclineReason

Phrase: TypeAlias = Literal[
    "returned", "note", "question", "more_time", "promise", "kept", "instruction"
]
PHRASES: Mapping[Phrase, Bilingual] = bilingual(
    {
        "returned": (
            "经核，来信反映的事项不属于本单位管辖，请另行转办。",
            "The matter is not ours to decide; please send the letter on.",
        ),
        "note": (
            "已与承办单位核对，材料齐全，按程序办理。",
            "Checked with the unit in charge; nothing is missing, and it takes its course.",
        ),
        "question": (
            "您好！为便于核查，请补充事情发生的时间和大致经过，谢谢配合。",
            "To look into it we need to know when it happened, and roughly how. Thank you.",
        ),
        "more_time": (
            "事项需要实地核查并会同有关部门研究，申请适当延期。",
            "This needs a look on the spot and talks with others, which takes a few days more.",
        ),
        "promise": (
            "我们将在该日期前完成整改，并复查落实情况。",
            "By that day we will have put it right, and looked again whether it holds.",
        ),
        "kept": (
            "整改已完成，经现场复查，效果良好。",
            "It is put right; we have looked again on the spot, and it holds.",
        ),
        "instruction": (
            "批示已传达至承办单位，正按要求办理，结果随答复一并报告。",
            (
                "The unit in charge has the instruction and acts on it; the reply will tell "
                "the outcome."
            ),
        ),
    }
)
REFUSALS: Mapping[DeclineReason, Bilingual] = bilingual(
    {
        "outside_jurisdiction": (
            "您好！来信收悉。您反映的事项不属于公安机关职责范围，请拨打 12345 向有关部门反映。",
            "Thank you for your letter. This is not for the police to decide; please call 12345.",
        ),
        "court_or_arbitration": (
            "您好！来信收悉。您反映的事项依法应当通过诉讼途径解决，请向人民法院提出。",
            "Thank you for your letter. By law this is for a court; please turn to it.",
        ),
        "no_new_facts": (
            "您好！来信收悉。您反映的事项此前已经答复，来信没有提出新的事实和理由。",
            (
                "Thank you for your letter. This was answered before, and the letter tells "
                "nothing new."
            ),
        ),
    }
)


def phrase(what: Phrase, *, is_english: bool) -> str:
    """The note for that occasion."""
    return PHRASES[what][is_english]


def refusal_text(reason: DeclineReason, *, is_english: bool) -> str:
    """The explanation to the writer of a declined letter."""
    return REFUSALS[reason][is_english]
