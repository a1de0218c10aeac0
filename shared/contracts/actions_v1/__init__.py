"""Actions of bureaus. Owner: that bureau. Topic: `bureau.<slug>.actions`.

An action without `ActionApplied` or `ActionRefused` after ten seconds is sent again, with the same
`action_id`. A field may be added with a default; any other change is `actions_v2`.
"""

from shared.contracts.actions_v1.answering import AnswerInstruction as AnswerInstruction
from shared.contracts.actions_v1.answering import Ask as Ask
from shared.contracts.actions_v1.answering import Decline as Decline
from shared.contracts.actions_v1.answering import Fulfil as Fulfil
from shared.contracts.actions_v1.answering import ProposePublication as ProposePublication
from shared.contracts.actions_v1.answering import Reply as Reply
from shared.contracts.actions_v1.answering import RequestExtension as RequestExtension
from shared.contracts.actions_v1.holding import Accept as Accept
from shared.contracts.actions_v1.holding import Link as Link
from shared.contracts.actions_v1.holding import Note as Note
from shared.contracts.actions_v1.holding import PassOn as PassOn
from shared.contracts.actions_v1.holding import RequestResend as RequestResend
from shared.contracts.actions_v1.holding import Return as Return
from shared.contracts.actions_v1.holding import UnitAccept as UnitAccept
