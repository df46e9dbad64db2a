"""For which organisation and programme an actor takes a table in. One is taken as meant; of several she is asked."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import Invalid, NotFound
from samaki.kernel.policy import Reach, reach, refusal
from samaki.kernel.tables import TableKind, table_kinds

TAKING_PART = (ProgrammeRole.Part.LEAD, ProgrammeRole.Part.PARTNER, ProgrammeRole.Part.MEMBER)


def kind_named(key: str) -> TableKind:
    """Raises NotFound."""
    if key not in table_kinds:
        raise NotFound("no_such_kind", _("There is no import of the kind %(kind)s."), kind=key)
    return table_kinds[key]


def kinds_for(actor: AnyActor) -> list[TableKind]:
    return [kind for kind in table_kinds if reach(actor, kind.action)]


def places_to_take(actor: AnyActor, kind: TableKind) -> list[tuple[Programme, Organisation]]:
    """Each programme and organisation for which the actor may take this kind, by key."""
    pairs = set(_pairs(reach(actor, kind.action)))
    programmes = Programme.objects.in_bulk({programme_id for programme_id, _organisation in pairs})
    organisations = Organisation.objects.in_bulk({organisation_id for _programme, organisation_id in pairs})
    found = [(programmes[programme], organisations[organisation]) for programme, organisation in pairs]
    return sorted(found, key=lambda pair: (pair[0].key, pair[1].key))


def _pairs(within: Reach) -> Iterator[tuple[int, int]]:
    part = ProgrammeRole.objects.filter(part__in=TAKING_PART)
    if within.everything:
        yield from part.values_list("programme_id", "organisation_id")
    for extent in within.extents:
        if extent.programme_id is not None and extent.organisation_id is not None:
            yield extent.programme_id, extent.organisation_id
            continue
        narrowed = part
        if extent.programme_id is not None:
            narrowed = narrowed.filter(programme=extent.programme_id)
        if extent.organisation_id is not None:
            narrowed = narrowed.filter(organisation=extent.organisation_id)
        yield from narrowed.values_list("programme_id", "organisation_id")


def place_to_take(
    actor: AnyActor, kind: TableKind, programme: str = "", organisation: str = ""
) -> tuple[Programme, Organisation]:
    """The one that is meant. Raises Refused, audited, where the actor may nowhere; NotFound for a key out of her reach;
    Invalid("which_programme" or "which_organisation") where it must be said, with `choices`."""
    with keeping_refusals(actor, kind.action, ("imports.kind", kind.key), organisation_id=None):
        if not reach(actor, kind.action):
            raise refusal(actor, kind.action)
    found = [
        (one, other)
        for one, other in places_to_take(actor, kind)
        if programme in ("", one.key) and organisation in ("", other.key)
    ]
    if not found:
        raise NotFound("nowhere_to_take", _("You do not work for this organisation in this programme."))
    programmes = sorted({one.key for one, _organisation in found})
    if len(programmes) > 1:
        raise Invalid(
            "which_programme",
            _("Please say for which programme: %(choices)s."),
            field="programme",
            choices=", ".join(programmes),
        )
    if len(found) > 1:
        raise Invalid(
            "which_organisation",
            _("Please say for which organisation: %(choices)s."),
            field="organisation",
            choices=", ".join(other.key for _programme, other in found),
        )
    return found[0]
