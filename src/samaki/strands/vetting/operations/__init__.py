"""Writes of vetting: the way in, what two decide, what stops a member, and who is another."""

from samaki.strands.vetting.operations.asking import answer, ask
from samaki.strands.vetting.operations.deciding import decide
from samaki.strands.vetting.operations.stopping import allege, answer_appeal, appeal, bar, settle, suspend_overdue
from samaki.strands.vetting.operations.way import apply, name_user, publish_code, sign_code, take_step

__all__ = [
    "allege",
    "answer",
    "answer_appeal",
    "appeal",
    "apply",
    "ask",
    "bar",
    "decide",
    "name_user",
    "publish_code",
    "settle",
    "sign_code",
    "suspend_overdue",
    "take_step",
]
