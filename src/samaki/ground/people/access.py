"""Whose people an actor reaches. A person belongs to an organisation and to no one programme, so a grant in one
programme of the organisation reaches its people; a grant for one group does not."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.models import Person
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import DomainError, NotFound
from samaki.kernel.policy import Action

PEOPLE = ("people.person", "")


def organisations_within(actor: AnyActor, action: Action) -> frozenset[int] | None:
    """Ids of the organisations whose people the actor reaches, None for any. Raises Refused, audited, where none."""
    reach = policy.reach(actor, action)
    extents = {extent.organisation_id for extent in reach.extents if extent.group_id is None}
    if reach.everything or None in extents:
        return None
    if not extents:
        raise _audited(actor, action, PEOPLE, None, policy.refusal(actor, action))
    return frozenset(extent for extent in extents if extent is not None)


def require_over(actor: AnyActor, action: Action, organisation_id: int) -> None:
    """Raises Refused, audited, unless the actor reaches this organisation's people."""
    within = organisations_within(actor, action)
    if within is not None and organisation_id not in within:
        raise _audited(actor, action, PEOPLE, organisation_id, policy.refusal(actor, action))


def person_within(actor: AnyActor, action: Action, person_id: int) -> Person:
    """The person. Raises NotFound, audited, in the same words whether she is another organisation's or nobody."""
    within = organisations_within(actor, action)
    person = Person.objects.filter(pk=person_id).first()
    if person is None or (within is not None and person.organisation_id not in within):
        raise not_found(actor, action, ("people.person", person_id))
    return person


def not_found(actor: AnyActor, action: Action, on: tuple[str, object]) -> DomainError:
    """The answer for what is not there and for what is another organisation's, audited."""
    return _audited(actor, action, on, None, NotFound("not_found", _("This is not in your list.")))


def _audited(
    actor: AnyActor, action: Action, on: tuple[str, object], organisation_id: int | None, error: DomainError
) -> DomainError:
    with transaction.atomic():
        record(actor, action.value, on, organisation_id=organisation_id, details={"code": error.code}, refused=True)
    error.recorded = True
    return error
