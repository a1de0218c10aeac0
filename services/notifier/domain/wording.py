"""What are clocks, levels and addresses called in messages? Chinese and English. Tables. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts.vocabulary import ClockName, LevelName, WhereToTurn

Both = tuple[str, str]
"""Chinese, English."""

CLOCKS: Mapping[ClockName, Both] = MappingProxyType(
    {
        "diversion": ("紧急警情查看", "seeing the diversion"),
        "assign": ("分派", "assigning"),
        "sign_in": ("签收", "signing in"),
        "objection": ("异议", "objecting"),
        "unit_sign_in": ("警种签收", "the unit's signing in"),
        "reply": ("答复", "replying"),
        "reopened_reply": ("再次答复", "replying again"),
        "signature": ("签发", "signing"),
        "answer": ("补充材料", "the writer's answer"),
        "extension": ("延期审批", "deciding on more time"),
        "instruction": ("批示落实", "answering the instruction"),
        "commitment": ("承诺兑现", "keeping the promise"),
        "rating": ("评价", "rating"),
        "appeal": ("申诉", "appealing"),
        "publication_problem": ("公开内容问题处理", "deciding on the publication's problem"),
        "petition_notice": ("信访受理告知", "the petition's notice"),
        "petition": ("信访办理", "the petition"),
        "disclosure": ("信息公开答复", "the disclosure"),
    }
)
LEVELS: Mapping[LevelName, Both] = MappingProxyType(
    {
        "reminder": ("时限已过半", "half of the time is over"),
        "yellow": ("时限将至", "the time is nearly over"),
        "red": ("已超期", "the time is over"),
        "chief": ("超期一个工作日", "overdue by a working day"),
        "province": (
            "超期三个工作日，转省厅督办",
            "overdue by three working days; the province supervises",
        ),
        "page": ("无人查看", "nobody has seen it"),
        "effect": ("时限已到", "the time is over"),
    }
)
WHERE_TO_TURN: Mapping[WhereToTurn, Both] = MappingProxyType(
    {
        "110": ("110 报警电话", "110, the police emergency number"),
        "12110": ("12110 短信报警", "12110, the police by text"),
        "12345": ("12345 政务服务便民热线", "12345, the government's hotline"),
        "12348": ("12348 公共法律服务热线", "12348, legal advice"),
        "12333": ("12333 人力资源和社会保障热线", "12333, labour and social insurance"),
        "12315": ("12315 消费者投诉举报热线", "12315, consumers' complaints"),
        "12389": ("12389 公安机关和民警违法违纪举报", "12389, complaints about the police"),
        "96110": ("96110 反诈专线", "96110, the line against fraud"),
        "court": ("人民法院", "the court"),
        "arbitration": ("仲裁机构", "arbitration"),
        "administrative_review": ("行政复议机关", "administrative review"),
        "petition_office": ("信访部门", "the petition office"),
        "police_station": ("当地派出所", "the local police station"),
        "other_police_bureau": ("有管辖权的公安机关", "the police bureau that is competent"),
        "other_province": ("外省公安机关", "the police of the other province"),
        "other_authority": ("有关主管部门", "the authority that is competent"),
    }
)
