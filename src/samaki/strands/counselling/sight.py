"""Which cases are shut to a user for what she is to the man, whatever her role. Every way to a case asks here."""

from __future__ import annotations

from collections.abc import Iterable

from samaki.kernel.actors import AnyActor
from samaki.strands.counselling.course import locks_out
from samaki.strands.counselling.models import Declaration


def locked_out(actor: AnyActor) -> frozenset[int]:
    """Ids of the cases the actor is locked out of by her own last declaration."""
    return frozenset() if actor.user_id is None else _shut(Declaration.objects.filter(user=actor.user_id), "case_id")


def locked_users(case_id: int) -> frozenset[int]:
    """Ids of the users who are locked out of a case."""
    return _shut(Declaration.objects.filter(case=case_id), "user_id")


def may_counsel(case_id: int, user_id: int) -> bool:
    """Whether the user's last declaration lets her counsel the man: one is wanted."""
    last = Declaration.objects.filter(case=case_id, user=user_id).order_by("-declared_at", "-pk").first()
    return last is not None and not locks_out(last.tie, is_approved=last.approved_at is not None)


def _shut(declarations: Iterable[Declaration], by: str) -> frozenset[int]:
    last: dict[int, bool] = {}
    for one in sorted(declarations, key=lambda one: (one.declared_at, one.pk)):
        last[getattr(one, by)] = locks_out(one.tie, is_approved=one.approved_at is not None)
    return frozenset(key for key, is_shut in last.items() if is_shut)
