"""Faults of a single action, each with the rule that it breaks."""

from shared.contracts.bilingual import Bilingual

_RECORD = Bilingual(
    "第 1 节：CloudEvents 1.0 二进制方式，属性为 ce_* 头，记录键即信件编号",
    "section 1: CloudEvents 1.0 in binary mode, attributes are ce_* headers, the record key is the "
    "letter number",
)
_WORDS = Bilingual(
    "第 1 节：文字只以密封件传送，每个读者一份 compact JWE（ECDH-ES+A256KW，A256GCM），"
    "头中有 kid、letter、type、reader",
    "section 1: words travel sealed, one compact JWE for each reader (ECDH-ES+A256KW, A256GCM), "
    "whose protected header has kid, letter, type and reader",
)
_ACTION = Bilingual(
    "第 6 节：每个动作有 action_id（UUID）、assignment、made_at、staff 和该动作的字段",
    "section 6: every action has action_id (UUID), assignment, made_at, staff, and its own fields",
)
_TEXT = Bilingual(
    "接入指南第 3 节：文字须有可见内容，除换行、制表符外不含控制字符",
    "bureau guide, section 3: a text shows something and has no control characters but line feeds "
    "and tabs",
)
_SIZE = Bilingual("第 1 节：一条记录最多 256 KiB", "section 1: a record has at most 256 KiB")

FAULTS: dict[str, tuple[Bilingual, Bilingual]] = {
    "too_large": (Bilingual("记录太大", "the record is too large"), _SIZE),
    "bad_headers": (
        Bilingual("头缺失、重复或格式不对", "a header is missing, double or malformed"),
        _RECORD,
    ),
    "wrong_source": (
        Bilingual(
            "ce_source 不是 /bureaus/<本局代号>", "ce_source is not /bureaus/<slug> of the bureau"
        ),
        _RECORD,
    ),
    "wrong_subject": (
        Bilingual(
            "记录键与 ce_subject 不是同一个信件编号", "key and ce_subject are not one letter number"
        ),
        _RECORD,
    ),
    "bad_id": (Bilingual("ce_id 不是 action_id", "ce_id is not the action_id"), _ACTION),
    "bad_sequence": (
        Bilingual(
            "动作没有编号，却带了 ce_sequence", "there is a ce_sequence, which actions don't have"
        ),
        _RECORD,
    ),
    "bad_json": (Bilingual("记录值不是 JSON", "the value is no JSON"), _RECORD),
    "not_utf8": (Bilingual("不是 UTF-8", "it is not in UTF-8"), _RECORD),
    "bad_value": (
        Bilingual("字段缺失或取值不对", "a field is missing or has a value that can't be"),
        _ACTION,
    ),
    "not_this_topic": (
        Bilingual("这不是局可以发出的动作", "that is nothing that a bureau can ask for"),
        _ACTION,
    ),
    "unknown_type": (Bilingual("没有这种动作", "there is no such action"), _ACTION),
    "traced": (
        Bilingual(
            "带有 traceparent 或 ce_letterversion 头", "it has a traceparent or ce_letterversion"
        ),
        Bilingual(
            "第 1 节：这两个头不出现在 bureau.* 主题上",
            "section 1: these two never stand on bureau.* topics",
        ),
    ),
    "from_the_future": (
        Bilingual("made_at 在五分钟以后", "made_at lies more than five minutes ahead"),
        Bilingual(
            "第 6 节：made_at 是作出的时间（UTC）", "section 6: made_at is when it was made, in UTC"
        ),
    ),
    "clear_words": (Bilingual("文字没有密封", "the words are not sealed"), _WORDS),
    "no_words": (
        Bilingual("缺少这种动作必须有的文字", "the words that this action must have are missing"),
        _ACTION,
    ),
    "wrong_reader": (
        Bilingual(
            "文字没有密封给 router，或密封给了别人",
            "words not for the router, or for somebody else",
        ),
        _WORDS,
    ),
    "unknown_key": (
        Bilingual(
            "文字密封给了 mailbox.keys 未公布的密钥",
            "the words are sealed for a key that mailbox.keys doesn't name",
        ),
        _WORDS,
    ),
    "wrong_header": (
        Bilingual(
            "密封件的头与动作不符（kid、letter、type、reader，此外无 assignment）",
            "the envelope's header isn't the action's (kid, letter, type, reader; no assignment)",
        ),
        _WORDS,
    ),
    "not_opened": (Bilingual("密封件打不开", "the envelope can't be opened"), _WORDS),
    "too_long": (
        Bilingual("密封件超过 200,000 个字符", "the envelope has more than 200,000 characters"),
        _WORDS,
    ),
    "bad_content": (
        Bilingual('内容不是 {"text": …}，或为空', 'the content is not {"text": …}, or empty'),
        _WORDS,
    ),
    "text_too_long": (Bilingual("文字过长", "the text is too long"), _WORDS),
    "bad_characters": (
        Bilingual(
            "文字含控制字符或改变书写方向的字符",
            "the text has control characters, or ones that turn the direction of writing",
        ),
        _TEXT,
    ),
    "blank": (Bilingual("文字没有可见内容", "the text shows nothing"), _TEXT),
    "no_finding": (
        Bilingual("unfounded、malicious 须有 finding", "unfounded and malicious need a finding"),
        _ACTION,
    ),
    "other_letter": (
        Bilingual("动作针对从未发来的信件", "it is about a letter that was never told of"),
        Bilingual(
            "第 6 节：动作针对本局持有的信件",
            "section 6: actions are on letters that the bureau holds",
        ),
    ),
    "id_reused": (
        Bilingual("同一 action_id 用于不同内容", "one action_id for two different things"),
        Bilingual(
            "第 5 节：十秒无答复即以同一 action_id 重发；别的动作用别的编号",
            "section 5: only what is sent again after ten seconds has the same action_id",
        ),
    ),
    "scattered": (
        Bilingual("同一信件的动作分在不同分区", "actions of one letter lie in several partitions"),
        Bilingual("第 6 节：次序即分区内的次序", "section 6: order is that of the partition"),
    ),
}
