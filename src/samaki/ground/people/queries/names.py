"""Opening names (T3): each opening is written to the audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.access import not_found, organisations_within, person_within, require_over
from samaki.ground.people.identities import Identity, opened
from samaki.ground.people.models import Person
from samaki.ground.people.name_index import name_index
from samaki.kernel.actors import AnyActor, System
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Invalid, NotFound
from samaki.kernel.policy import Action

_CHUNK = 900  # SQLite takes 999 parameters


def reveal(actor: AnyActor, person_id: int, reason: str = "") -> Identity:
    """The name of one person. Raises Refused or NotFound, audited; Invalid("reason_wanted") where no reason is given;
    NotFound("name_erased") after a withdrawal."""
    found = person_within(actor, Action.SEE_PEOPLE, person_id)
    return _reveal(actor, [found], reason).get(person_id) or _erased()


def reveal_many(actor: AnyActor, person_ids: Iterable[int], reason: str = "") -> dict[int, Identity]:
    """Names for a list or a sign-in sheet; who has withdrawn is left out. One person out of reach refuses the whole."""
    within = organisations_within(actor, Action.SEE_PEOPLE)
    wanted = list(dict.fromkeys(person_ids))
    found = []
    for start in range(0, len(wanted), _CHUNK):
        found += list(Person.objects.filter(pk__in=wanted[start : start + _CHUNK]))
    seen = {each.pk for each in found if within is None or each.organisation_id in within}
    for person_id in wanted:
        if person_id not in seen:
            raise not_found(actor, Action.SEE_PEOPLE, ("people.person", person_id))
    return _reveal(actor, found, reason)


def _reveal(actor: AnyActor, people: list[Person], reason: str) -> dict[int, Identity]:
    why = reason.strip() or actor.reason
    organisations = sorted({each.organisation_id for each in people})
    if not why:
        raise Invalid("reason_wanted", _("Please say why you need to see this name."), field="reason")
    names = opened([each.pk for each in people])
    with transaction.atomic():
        for organisation_id in organisations:
            ids = [each.pk for each in people if each.organisation_id == organisation_id]
            on = ("people.person", ids[0] if len(ids) == 1 else "")
            record(actor, "people.reveal", on, organisation_id=organisation_id, reason=why, details={"people": ids})
    return names


def _erased() -> Identity:
    raise NotFound("name_erased", _("This person withdrew. Her name is no longer here."))


@dataclass(frozen=True)
class Hit:
    """A person whose name is like the one searched for; `likeness` 0–100."""

    person_id: int
    organisation_id: int
    likeness: int
    identity: Identity = field(repr=False)


def search(actor: AnyActor, text: str, *, organisation_id: int | None = None, limit: int = 20) -> list[Hit]:
    """People of the actor's own organisation by name, Khmer or romanised, in any order, or by phone; the likeliest
    first. Raises Refused, audited; Invalid("organisation_wanted") where the actor reaches every organisation."""
    within = organisations_within(actor, Action.SEE_PEOPLE)
    if organisation_id is not None:
        require_over(actor, Action.SEE_PEOPLE, organisation_id)
        within = frozenset({organisation_id})
    if within is None:
        raise Invalid("organisation_wanted", _("Please choose an organisation first."), field="organisation")
    hits = [
        Hit(person_id, each, likeness, identity)
        for each in sorted(within)
        for person_id, identity, likeness in name_index(each).search(text, limit)
    ]
    hits.sort(key=lambda hit: (-hit.likeness, hit.person_id))
    hits = hits[:limit]
    if not isinstance(actor, System):
        with transaction.atomic():
            for each in sorted(within):
                ids = [hit.person_id for hit in hits if hit.organisation_id == each]
                record(actor, "people.search", ("people.person", ""), organisation_id=each, details={"people": ids})
    return hits
