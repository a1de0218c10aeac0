"""What does each header of a record say? Words for documents, nothing that decides. Data."""

ALWAYS = {
    "content-type": "application/json",
    "ce_specversion": "1.0",
    "ce_id": "`<topic>/<subject>/<sequence>`, or the `action_id`.",
    "ce_source": "Who says it.",
    "ce_type": "The event's type.",
    "ce_subject": "The record key.",
    "ce_time": "When it was decided, in UTC with `Z`.",
}
SOMETIMES = {
    "ce_sequence": "1, 2, 3 … for each subject on each topic; absent: not ordered.",
    "ce_cause": "Id of what led to it; never on public topics.",
}
AMONG_US = {
    "ce_letterversion": "Version of the document that it was decided on.",
    "traceparent": "W3C trace context.",
}
"""On topics between our own services only."""
