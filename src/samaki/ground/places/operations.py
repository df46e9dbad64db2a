"""Loading gazetteers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from samaki.ground.places import rules
from samaki.ground.places.models import GazetteerEdition, Place, PlaceFault, PlaceName
from samaki.ground.places.rules import Fault, PlaceRow
from samaki.ground.places.tables import cambodia
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.database.bulk import insert_columns
from samaki.kernel.policy import Action

_FIELDS = ("level", "kind", "name_km", "name_latin", "parent_id", "valid_until")
_BATCH = 2_000
_Span = tuple[str, dt.date | None]  # code, valid_from


@dataclass(frozen=True)
class Loaded:
    """How many places came in, changed and stayed, and the faults of the table."""

    added: int
    changed: int
    unchanged: int
    faults: tuple[Fault, ...]


def load_gazetteer(*, by: AnyActor) -> Loaded:
    """Cambodia's provinces, districts, communes and villages. Loading again changes nothing that has not changed."""
    return load_table(
        cambodia.rows(), country=cambodia.COUNTRY, source=cambodia.source(), digits=rules.NCDD_DIGITS, by=by
    )


def load_table(
    rows: Iterable[PlaceRow], *, country: str, source: str, by: AnyActor, digits: Mapping[int, int] | None = None
) -> Loaded:
    """A country's own table. Rows are known by code and `valid_from`; a place no longer in the table stays, because
    records point at it: end it by a row with `valid_until`. Faults of an earlier edition of the country give way to
    this one's. `digits` is the length of a code by level where codes are numeric and begin with their parent's."""
    with keeping_refusals(by, Action.LOAD_PLACES, ("places.gazetteer", country), organisation_id=None):
        if not policy.reach(by, Action.LOAD_PLACES):  # places belong to no organisation: any administrator may
            raise policy.refusal(by, Action.LOAD_PLACES)
        sifted = rules.sift(rows, digits)
        added, changed = _write_places(sifted.taken, country)
        renamed = _write_names(sifted.taken, country)
        _write_faults(sifted.faults, country, source)
        if added or changed or renamed:
            GazetteerEdition.objects.update_or_create(
                country=country, defaults={"source": source, "stamp": uuid.uuid4().hex, "loaded_at": timezone.now()}
            )
        record(
            by,
            "places.load_table",
            ("places.gazetteer", country),
            details={"source": source, "added": added, "changed": changed, "faults": len(sifted.faults)},
        )
    return Loaded(added, changed, len(sifted.taken) - added - changed, sifted.faults)


def _write_places(rows: Sequence[PlaceRow], country: str) -> tuple[int, int]:
    known = {(place.code, place.valid_from): place for place in Place.objects.filter(country=country)}
    spans: dict[str, list[tuple[_Span, PlaceRow]]] = defaultdict(list)
    for row in rows:
        spans[row.code].append(((row.code, row.valid_from), row))
    added, changed = 0, []
    for level in sorted({row.level for row in rows}):
        new: list[tuple[object, ...]] = []
        for row in (row for row in rows if row.level == level):
            parent_id = known[_parent_span(row, spans[row.parent_code])].pk if row.parent_code else None
            place = known.get((row.code, row.valid_from))
            values = (row.level, row.kind, row.name_km, row.name_latin, parent_id, row.valid_until)
            if place is None:
                new.append((row.code, country, row.valid_from, *values))
            elif tuple(getattr(place, field) for field in _FIELDS) != values:
                for field, value in zip(_FIELDS, values, strict=True):
                    setattr(place, field, value)
                changed.append(place)
        if new:
            insert_columns(Place, _columns(("code", "country", "valid_from", *_FIELDS), new))
            of_level = Place.objects.filter(country=country, level=level)
            known.update({(place.code, place.valid_from): place for place in of_level})
        added += len(new)
    fields = [field.removesuffix("_id") for field in _FIELDS]
    Place.objects.bulk_update(changed, fields, batch_size=200)
    return added, len(changed)


def _parent_span(row: PlaceRow, candidates: Sequence[tuple[_Span, PlaceRow]]) -> _Span:
    """Of the rows that bore the parent's code, the one that stood when this row began, else the last."""
    begin = row.valid_from or dt.date.min
    standing = [
        span
        for span, parent in candidates
        if (parent.valid_from or dt.date.min) <= begin < (parent.valid_until or dt.date.max)
    ]
    return standing[0] if standing else candidates[-1][0]


def _write_names(rows: Sequence[PlaceRow], country: str) -> int:
    ids = {
        (code, since): pk
        for pk, code, since in Place.objects.filter(country=country).values_list("pk", "code", "valid_from")
    }
    wanted: dict[tuple[int, str], bool] = {}
    for row in rows:
        place_id = ids[row.code, row.valid_from]
        own = (row.name_km, row.name_latin)
        for name in (*row.aliases, *rules.other_spellings(row.name_latin)):
            wanted[place_id, rules.folded(name)] = True
        for name in own:
            wanted[place_id, rules.folded(name)] = False
    wanted = {key: is_alias for key, is_alias in wanted.items() if key[1]}
    there = {
        (place_id, folded): (pk, is_alias)
        for pk, place_id, folded, is_alias in PlaceName.objects.values_list("pk", "place_id", "folded", "is_alias")
    }
    loaded = {place_id for place_id, _name in wanted}
    gone = [pk for key, (pk, is_alias) in there.items() if key[0] in loaded and wanted.get(key) is not is_alias]
    for start in range(0, len(gone), _BATCH):
        PlaceName.objects.filter(pk__in=gone[start : start + _BATCH]).delete()
    new = [
        (place_id, name, is_alias)
        for (place_id, name), is_alias in wanted.items()
        if there.get((place_id, name), (0, None))[1] is not is_alias
    ]
    insert_columns(PlaceName, _columns(("place_id", "folded", "is_alias"), new))
    return len(gone) + len(new)


def _columns(names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> dict[str, list[object]]:
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _write_faults(faults: Sequence[Fault], country: str, source: str) -> None:
    earlier = GazetteerEdition.objects.filter(pk=country).values_list("source", flat=True)
    PlaceFault.objects.filter(source__in=[*earlier, source]).delete()
    PlaceFault.objects.bulk_create(
        PlaceFault(kind=fault.kind, code=fault.code, name_km=fault.name_km, name_latin=fault.name_latin, source=source)
        for fault in faults
    )
