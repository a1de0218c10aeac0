"""Names of the vocabulary's codes in Chinese and English, for messages and pages.

Categories, states, reasons for refusal, police types and bureaus have their names in `shared/data`.
"""

from collections.abc import Mapping
from typing import Final

from shared.contracts import vocabulary
from shared.contracts.bilingual import Bilingual, bilingual

ABOUT_KINDS: Final[Mapping[vocabulary.AboutKind, Bilingual]] = bilingual(
    {
        "bureau": ("公安局", "a bureau"),
        "unit": ("部门", "a unit"),
        "officer": ("民警、辅警", "an officer"),
    }
)
ABOUT_LEVELS: Final[Mapping[vocabulary.AboutLevel, Bilingual]] = bilingual(
    {
        "station": ("派出所", "a police station"),
        "county": ("县（市、区）局", "a county bureau"),
        "city": ("市局", "a city bureau"),
        "province": ("省厅", "the department"),
    }
)
CHANNELS: Final[Mapping[vocabulary.Channel, Bilingual]] = bilingual(
    {"web": ("网页", "website"), "wechat": ("微信", "WeChat"), "weibo": ("微博", "Weibo")}
)
ENTRIES: Final[Mapping[vocabulary.Entry, Bilingual]] = bilingual(
    {
        "website-popup": ("网站弹窗", "pop-up of the website"),
        "website-bay": ("网站飘窗", "floating window of the website"),
        "website-directory": ("网站栏目", "page of the website"),
        "city-website": ("市局网站", "website of a city bureau"),
        "wechat": ("微信", "WeChat"),
        "weibo": ("微博", "Weibo"),
        "counter": ("窗口代录", "entered at a counter"),
        "hotline": ("热线代录", "entered by the hotline"),
    }
)
CLOCKS: Final[Mapping[vocabulary.ClockName, Bilingual]] = bilingual(
    {
        "diversion": ("紧急警情查看", "viewing the diversion"),
        "assign": ("分派", "assignment"),
        "sign_in": ("签收", "acceptance"),
        "objection": ("异议", "objection"),
        "unit_sign_in": ("警种签收", "acceptance in the unit"),
        "reply": ("答复", "reply"),
        "reopened_reply": ("再次答复", "second reply"),
        "signature": ("签发", "signature"),
        "answer": ("补充材料", "the writer's answer"),
        "extension": ("延期审批", "decision on more time"),
        "instruction": ("批示落实", "answer to the instruction"),
        "commitment": ("承诺兑现", "commitment"),
        "rating": ("评价", "rating"),
        "appeal": ("申诉", "appeal"),
        "publication_problem": ("公开内容问题处理", "decision on the problem with a publication"),
        "petition_notice": ("信访受理告知", "petition notice"),
        "petition": ("信访办理", "petition"),
        "disclosure": ("信息公开答复", "disclosure"),
    }
)
CORRECTION_NOTES: Final[Mapping[vocabulary.CorrectionNote, Bilingual]] = bilingual(
    {
        "facts": ("更正了事实", "facts were corrected"),
        "wording": ("修改了文字", "the wording was changed"),
        "more_hidden": ("进一步隐去了个人信息", "more was hidden"),
        "brought_up_to_date": ("更新为最新答复", "it was brought up to date"),
    }
)
DIVERSION_OUTCOMES: Final[Mapping[vocabulary.DiversionOutcome, Bilingual]] = bilingual(
    {
        "called_back": ("已回电，处置完毕", "called back, dealt with"),
        "handed_to_110": ("已移交 110", "handed to 110"),
        "false_alarm": ("不是警情，按来信办理", "no emergency: it becomes a letter"),
        "writer_says_no": (
            "来信人说没有发生，按来信办理",
            "the writer says no: it becomes a letter",
        ),
    }
)
EXTENSION_REASONS: Final[Mapping[vocabulary.ExtensionReason, Bilingual]] = bilingual(
    {
        "complex": ("情况复杂", "the matter is complex"),
        "work_on_site": ("需要现场核查", "work on site is needed"),
        "expert_opinion": ("需要鉴定或专业意见", "an expert opinion is needed"),
        "other_authority": ("需要其他部门配合", "another authority must help"),
        "many_people": ("涉及人数较多", "many people are concerned"),
        "not_said": ("未说明原因", "no reason was given"),
    }
)
FINDINGS: Final[Mapping[vocabulary.Finding, Bilingual]] = bilingual(
    {
        "not_true": ("所述情况与事实不符", "what was said is not true"),
        "no_evidence": ("未发现相关证据", "there is no evidence"),
        "acted_lawfully": ("民警依法履职", "the police acted lawfully"),
        "invented": ("内容系捏造", "it was invented"),
    }
)
LANGUAGES: Final[Mapping[vocabulary.Language, Bilingual]] = bilingual(
    {
        "zh": ("简体中文", "simplified Chinese"),
        "zh-Hant": ("繁体中文", "traditional Chinese"),
        "yue": ("粤语", "Cantonese"),
        "en": ("英文", "English"),
        "mixed": ("多种语言", "several languages"),
    }
)
LEVELS: Final[Mapping[vocabulary.LevelName, Bilingual]] = bilingual(
    {
        "reminder": ("时限已过半", "half of the time has passed"),
        "yellow": ("时限将至", "due soon"),
        "red": ("已超期", "overdue"),
        "chief": ("超期一个工作日", "overdue by a working day"),
        "province": (
            "超期三个工作日，转省厅督办",
            "overdue by three working days; under the province's supervision",
        ),
        "page": ("无人查看", "nobody has seen it"),
        "effect": ("时限已到", "due"),
    }
)
LINK_KINDS: Final[Mapping[vocabulary.LinkKind, Bilingual]] = bilingual(
    {
        "duplicate": ("同一事项重复来信", "the same matter again"),
        "campaign": ("多人反映同一事项", "many people, one matter"),
    }
)
MARK_REASONS: Final[Mapping[vocabulary.MarkReason, Bilingual]] = bilingual(
    {
        "writer_says_so": ("来信人明确提出", "the writer says so"),
        "by_content": ("依内容认定", "by its content"),
        "passed_on": ("其他单位转来", "passed on by another office"),
        "by_superior": ("上级交办", "by order of a superior"),
    }
)
ON_BEHALF: Final[Mapping[vocabulary.OnBehalf, Bilingual]] = bilingual(
    {
        "child": ("代子女", "for a child"),
        "parent": ("代父母", "for a parent"),
        "spouse": ("代配偶", "for a spouse"),
        "ward": ("代被监护人", "for a ward"),
        "organisation": ("代单位", "for an organisation"),
        "other": ("代他人", "for somebody else"),
    }
)
ACTING_AS: Final[Mapping[vocabulary.ActingAs, Bilingual]] = bilingual(
    {
        "guardian": ("监护人", "guardian"),
        "relative": ("配偶或近亲属", "spouse or close relative"),
        "agent": ("持委托书的代理人", "agent with a written authority"),
        "lawyer": ("律师", "lawyer"),
        "legal_representative": ("单位法定代表人", "legal representative of an organisation"),
        "community_worker": ("社区或村居工作人员", "community worker"),
        "other": ("其他", "other"),
    }
)
AGE_GROUPS: Final[Mapping[vocabulary.AgeGroup, Bilingual]] = bilingual(
    {
        "under_14": ("不满十四周岁", "under 14"),
        "14_to_17": ("十四至十七周岁", "14 to 17 years old"),
    }
)
DOCUMENT_TYPES: Final[Mapping[vocabulary.DocumentType, Bilingual]] = bilingual(
    {
        "resident_id": ("居民身份证", "resident identity card"),
        "passport": ("护照", "passport"),
        "residence_permit": (
            "港澳台居民居住证",
            "residence permit for Hong Kong, Macao and Taiwan residents",
        ),
        "hong_kong_macao_permit": (
            "港澳居民来往内地通行证",
            "mainland travel permit for Hong Kong and Macao residents",
        ),
        "taiwan_permit": (
            "台湾居民来往大陆通行证",
            "mainland travel permit for Taiwan residents",
        ),
        "permanent_residence": ("外国人永久居留身份证", "foreigner’s permanent residence card"),
    }
)
GUARDIAN_RELATIONS: Final[Mapping[vocabulary.GuardianRelation, Bilingual]] = bilingual(
    {
        "parent": ("父亲或母亲", "father or mother"),
        "grandparent": ("祖父母或外祖父母", "grandparent"),
        "other_relative": ("其他亲属", "another relative"),
        "appointed": ("指定的监护人", "appointed guardian"),
    }
)
OUTCOMES: Final[Mapping[vocabulary.Outcome, Bilingual]] = bilingual(
    {
        "resolved": ("已解决", "resolved"),
        "explained": ("已解释说明", "explained"),
        "adopted": ("已采纳", "adopted"),
        "referred": ("已转有关部门", "referred to others"),
        "unfounded": ("经查不属实", "found not to be so"),
        "malicious": ("经查为恶意反映", "found to be malicious"),
    }
)
OWN_VALUES: Final[Mapping[vocabulary.OwnValue, Bilingual]] = bilingual(
    {
        "name": ("姓名", "name"),
        "id_number": ("身份证号", "ID number"),
        "phone": ("电话", "phone"),
        "address": ("住址", "address"),
        "email": ("电子邮箱", "e-mail"),
        "wechat": ("微信号", "WeChat ID"),
        "bank_card": ("银行卡号", "bank card"),
        "plate": ("车牌号", "number plate"),
        "travel_doc": ("出入境证件号", "travel document"),
    }
)
RECALL_REASONS: Final[Mapping[vocabulary.RecallReason, Bilingual]] = bilingual(
    {
        "concerns_holder": ("反映的是承办单位自身", "it is about its holder"),
        "wrong_bureau": ("承办单位有误", "it went to the wrong bureau"),
        "too_slow": ("办理迟缓", "it takes too long"),
        "province_takes_over": ("省厅直接办理", "the department takes it over"),
        "not_said": ("未说明原因", "no reason was given"),
    }
)
REQUEST_REFUSALS: Final[Mapping[vocabulary.RequestRefusal, Bilingual]] = bilingual(
    {
        "out_of_order": ("当前状态下不能这样办理", "not possible in the present state"),
        "too_late": ("已超过办理期限", "too late"),
        "too_often": ("已达到次数上限", "as often as is possible already"),
        "already_done": ("此事已办结，不能重复", "already done"),
        "limit": ("已达到数量上限", "limit reached"),
    }
)
RETURN_REASONS: Final[Mapping[vocabulary.ReturnReason, Bilingual]] = bilingual(
    {
        "other_place": ("事发地不在其辖区", "the place is not theirs"),
        "other_matter": ("不属于其职责", "the matter is not theirs"),
        "other_police_bureau": ("由其他公安机关管辖", "another police bureau is competent"),
        "concerns_ourselves": ("反映的是该单位自身", "it is about that bureau itself"),
        "not_said": ("未说明原因", "no reason was given"),
    }
)
REVEAL_REASONS: Final[Mapping[vocabulary.RevealReason, Bilingual]] = bilingual(
    {
        "to_reach_writer": ("联系来信人", "to reach the writer"),
        "to_check_facts": ("核实情况", "to check facts"),
        "danger_to_life": ("涉及生命危险", "danger to life"),
        "legal_duty": ("法定职责", "a duty by law"),
        "supervision": ("监督检查", "supervision"),
    }
)
ROLES: Final[Mapping[vocabulary.Role, Bilingual]] = bilingual(
    {
        "writer": ("来信人", "writer"),
        "rule": ("系统规则", "rule"),
        "clock": ("时限", "clock"),
        "bureau": ("承办局", "bureau"),
        "handler": ("承办人", "handler"),
        "chief": ("局领导", "chief"),
        "triage": ("分派岗", "triage desk"),
        "duty": ("值班岗", "duty desk"),
        "supervisor": ("督办岗", "supervisor"),
        "director": ("厅领导", "director"),
        "editor": ("公开编辑", "editor"),
        "auditor": ("审计岗", "auditor"),
    }
)
SIGNER_ROLES: Final[Mapping[vocabulary.SignerRole, Bilingual]] = bilingual(
    {
        "chief": ("局领导", "chief"),
        "deputy": ("受托副职", "named deputy"),
        "supervisor": ("省厅督办岗", "provincial supervisor"),
    }
)
TRIAGE_REASONS: Final[Mapping[vocabulary.TriageReason, Bilingual]] = bilingual(
    {
        "no_place": ("没有写明地点", "no place is named"),
        "ambiguous_place": ("地点不明确", "the place is not clear"),
        "low_confidence": ("系统把握不足", "the rules are not sure"),
        "no_police_type": ("业务警种不明", "no police type was found"),
        "many_topics": ("涉及多个事项", "several matters at once"),
        "about_police": ("反映公安机关或民警", "it is about the police"),
        "crime_report": ("可能是报案", "may be a crime report"),
        "not_police": ("可能不归公安办理", "may not be a matter for the police"),
        "conflict_of_places": ("所选地点与内容不符", "place chosen and place written differ"),
        "bureau_not_joined": ("该局尚未接入", "that bureau has not joined"),
        "returned": ("承办单位退回", "handed back by a bureau"),
        "appealed": ("来信人申诉", "the writer has appealed"),
    }
)
WHERE_TO_TURN: Final[Mapping[vocabulary.WhereToTurn, Bilingual]] = bilingual(
    {
        "110": ("110 报警电话", "110, the police emergency number"),
        "12110": ("12110 短信报警", "12110, the police by text message"),
        "12345": ("12345 政务服务便民热线", "12345, the government hotline"),
        "12348": ("12348 公共法律服务热线", "12348, legal advice"),
        "12333": ("12333 人力资源和社会保障热线", "12333, labour and social security"),
        "12315": ("12315 消费者投诉举报热线", "12315, consumer complaints"),
        "12389": ("12389 公安机关和民警违法违纪举报", "12389, complaints about the police"),
        "96110": ("96110 反诈专线", "96110, the anti-fraud line"),
        "court": ("人民法院", "the court"),
        "arbitration": ("仲裁机构", "arbitration"),
        "administrative_review": ("行政复议机关", "administrative review"),
        "petition_office": ("信访部门", "the petition office"),
        "police_station": ("当地派出所", "the local police station"),
        "other_police_bureau": ("有管辖权的公安机关", "the competent police bureau"),
        "other_province": ("外省公安机关", "the police of the other province"),
        "other_authority": ("有关主管部门", "the competent authority"),
    }
)
WITHDRAWAL_REASONS: Final[Mapping[vocabulary.WithdrawalReason, Bilingual]] = bilingual(
    {
        "settled": ("问题已解决", "it is settled"),
        "mistake": ("写错了", "it was a mistake"),
        "other_channel": ("已通过其他途径反映", "it goes another way"),
        "changed_mind": ("改变主意", "a change of mind"),
        "not_said": ("未说明原因", "no reason was given"),
    }
)
WITHHELD_REASONS: Final[Mapping[vocabulary.WithheldReason, Bilingual]] = bilingual(
    {
        "report": ("举报信件，身份保密", "a report: the identity is kept secret"),
        "complaint": ("投诉信件，身份保密", "a complaint: the identity is kept secret"),
        "no_key": ("承办局没有有效密钥", "the bureau has no valid key"),
        "bad_key": ("承办局的密钥有问题", "the bureau’s key is faulty"),
        "erased": ("身份信息已删除", "the identity was erased"),
    }
)
