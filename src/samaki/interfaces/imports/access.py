"""For which organisation and programme an actor takes a table in. One is taken as meant; of several she is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.columns import groups_of
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.columns import places_of
from samaki.ground.places.queries import below
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import Invalid, NotFound
from samaki.kernel.policy import Reach, reach, refusal
from samaki.kernel.tables import Setting, Table, TableKind, table_kinds

Place = tuple[Programme, Organisation]
TAKING_PART = (ProgrammeRole.Part.LEAD, ProgrammeRole.Part.PARTNER, ProgrammeRole.Part.MEMBER)


def kind_named(key: str) -> TableKind:
    """Raises NotFound."""
    if key not in table_kinds:
        raise NotFound("no_such_kind", _("There is no import of the kind %(kind)s."), kind=key)
    return table_kinds[key]


def kinds_for(actor: AnyActor) -> list[TableKind]:
    return [kind for kind in table_kinds if reach(actor, kind.action)]


def places_to_take(actor: AnyActor, kind: TableKind) -> list[Place]:
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
    actor: AnyActor,
    kind: TableKind,
    programme: str = "",
    organisation: str = "",
    *,
    told_by_file: Callable[[Sequence[Place]], Place | None] = lambda found: None,
) -> Place:
    """The programme and organisation meant: the only one, or else the one the file itself tells. Raises Refused,
    audited, where the actor may nowhere; NotFound for a key out of her reach; Invalid("which_programme" or
    "which_organisation") where it must be said, with `choices`."""
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
    told = found[0] if len(found) == 1 else told_by_file(found)
    if told is not None:
        return told
    programmes = sorted({one.key for one, _organisation in found})
    if len(programmes) > 1:
        raise Invalid(
            "which_programme",
            _("Please say for which programme: %(choices)s."),
            field="programme",
            choices=", ".join(programmes),
        )
    raise Invalid(
        "which_organisation",
        _("Please say for which organisation: %(choices)s."),
        field="organisation",
        choices=", ".join(other.key for _programme, other in found),
    )


def names_its_places(table: Table, kind: TableKind, setting: Setting) -> bool:
    """Whether a file can only be about this programme: it names places, or groups, and all of them are the
    programme's own. The table is spent by asking."""
    columns = table.columns
    groups: list[tuple[object, object]] = []
    if any(columns.get("group", ())):
        groups = [*zip(columns["group"], groups_of(table, setting, kind.action), strict=True)]
    if any(written and group is None for written, group in groups):
        return False
    named = set(places_of(table, village="village" in columns)) - {None} if "commune" in columns else set()
    own = ProgrammePlace.objects.filter(programme=setting.programme_id).values_list("place__code", flat=True)
    return (bool(groups) or bool(named)) and named <= below(own)
