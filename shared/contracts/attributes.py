"""The meaning of each record header, for generated documents."""

ALWAYS = {
    "content-type": "application/json",
    "ce_specversion": "1.0",
    "ce_id": "`<topic>/<subject>/<sequence>`, or the `action_id`.",
    "ce_source": "Who sent it.",
    "ce_type": "The event's type.",
    "ce_subject": "The record key.",
    "ce_time": "When it was decided, in UTC with `Z`.",
}
SOMETIMES = {
    "ce_sequence": "1, 2, 3 … for each subject on each topic; absent: not ordered.",
    "ce_cause": "Id of its cause; never on public topics.",
}
AMONG_US = {
    "ce_letterversion": "Version of the document on which it was decided.",
    "traceparent": "W3C trace context.",
}
"""Only on topics between our own services."""
