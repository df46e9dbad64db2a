"""Looking places up. The gazetteer is public (T1), so these ask for no actor.

A name is never a guess: what is not exactly known comes back as suggestions for a person to choose from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from samaki.ground.places import rules
from samaki.ground.places.gazetteer import Gazetteer, KnownPlace, gazetteer
from samaki.ground.places.models import Level, PlaceFault
from samaki.kernel.errors import DomainError, Invalid, NotFound

__all__ = [
    "Asked",
    "Found",
    "KnownPlace",
    "Path",
    "PathFound",
    "PlacePage",
    "ancestors",
    "below",
    "faults",
    "find",
    "find_many",
    "find_path",
    "find_paths",
    "of_codes",
    "page",
    "paths",
    "place",
    "places",
    "provinces",
    "the_one",
]


class Asked(NamedTuple):
    """One name or code to look up; `within` is the code of a place above."""

    text: str
    level: int | None = None
    within: str | None = None


@dataclass(frozen=True)
class Found:
    """`places` bear exactly this code or name: one is an answer, several want asking. `suggestions` only look alike and
    come where nothing was found."""

    places: tuple[KnownPlace, ...] = ()
    suggestions: tuple[KnownPlace, ...] = ()

    @property
    def place(self) -> KnownPlace | None:
        return self.places[0] if len(self.places) == 1 else None


NOTHING = Found()


def find(
    text: str,
    level: int | None = None,
    within: str | KnownPlace | None = None,
    on: dt.date | None = None,
    country: str = "kh",
) -> Found:
    """Places of this code or name at a date (default: standing now), at one level or any, below `within` (a code)."""
    code = within.code if isinstance(within, KnownPlace) else within
    return _find(gazetteer(country), Asked(text, level, code), on)


def find_many(asked: Iterable[Asked], on: dt.date | None = None, country: str = "kh") -> list[Found]:
    """`find` for many in their order; each different question is answered once, and the names are read once."""
    look_up = _remembering(gazetteer(country), on)
    return [look_up(one) for one in asked]


def the_one(
    text: str,
    level: int | None = None,
    within: str | KnownPlace | None = None,
    on: dt.date | None = None,
    country: str = "kh",
    field: str | None = None,
) -> KnownPlace:
    """The one place meant. Raises Invalid: place_unknown (params["suggestions"]), place_ambiguous (params["places"]),
    or commune_wanted where many villages bear the name."""
    found = find(text, level, within, on, country)
    return found.place or _refuse(text, found, field)


class Path(NamedTuple):
    """A place as a form or a workbook names it, level by level; blank where a level was left out."""

    province: str = ""
    district: str = ""
    commune: str = ""
    village: str = ""


_PATH_LEVELS = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE, Level.VILLAGE)


@dataclass(frozen=True)
class PathFound:
    """The deepest place a path names. `problem` says at `level` why there is none, `found` what was seen there."""

    place: KnownPlace | None
    level: int | None = None
    found: Found = NOTHING
    problem: DomainError | None = None


def find_path(path: Path, on: dt.date | None = None, country: str = "kh") -> PathFound:
    return find_paths([path], on, country)[0]


def find_paths(paths: Iterable[Path], on: dt.date | None = None, country: str = "kh") -> list[PathFound]:
    """Each path walked from the province down, every level within the one above it."""
    look_up = _remembering(gazetteer(country), on)
    answers: dict[Path, PathFound] = {}
    found = []
    for path in paths:
        if path not in answers:
            answers[path] = _walk(look_up, path)
        found.append(answers[path])
    return found


def _remembering(held: Gazetteer, on: dt.date | None) -> Callable[[Asked], Found]:
    """Rows of a workbook ask the same few questions again and again: each is answered once."""
    answers: dict[Asked, Found] = {}

    def look_up(asked: Asked) -> Found:
        if asked not in answers:
            answers[asked] = _find(held, asked, on)
        return answers[asked]

    return look_up


def _walk(look_up: Callable[[Asked], Found], path: Path) -> PathFound:
    areas: tuple[KnownPlace, ...] = ()
    level: int | None = None
    found = NOTHING
    named = [(level, text) for level, text in zip(_PATH_LEVELS, path, strict=True) if text.strip()]
    for position, (level, text) in enumerate(named):
        wider = areas or (None,)
        answers = [look_up(Asked(text, level, area.code if area else None)) for area in wider]
        areas = tuple(dict.fromkeys(place for answer in answers for place in answer.places))
        found = Found(areas, () if areas else tuple(dict.fromkeys(s for a in answers for s in a.suggestions)))
        # Several towns of one name may still be told apart by the level below.
        if not areas or (len(areas) > 1 and position == len(named) - 1):
            return PathFound(None, level, found, _problem(text, found, _FIELD_OF[level]))
    return PathFound(areas[0] if areas else None, level, found)


_FIELD_OF = {Level.PROVINCE: "province", Level.DISTRICT: "district", Level.COMMUNE: "commune", Level.VILLAGE: "village"}


def place(code: str, on: dt.date | None = None, country: str = "kh") -> KnownPlace:
    """The place of exactly this code. Raises NotFound."""
    for known in gazetteer(country).by_code.get(code, ()):
        if known.stands(on):
            return known
    raise NotFound("no_such_place", _("There is no place with the code %(place)s."), place=code)


def places(ids: Iterable[int], country: str = "kh") -> dict[int, KnownPlace]:
    """Places by their keys, for rows that point at them; a key of another country is left out."""
    held = gazetteer(country)
    return {place_id: held.by_id[place_id] for place_id in ids if place_id in held.by_id}


def paths(ids: Iterable[int], country: str = "kh") -> dict[int, tuple[KnownPlace, ...]]:
    """Each place followed by those above it, the nearest first; a key of another country is left out."""
    held = gazetteer(country)
    known = {place_id: held.by_id[place_id] for place_id in ids if place_id in held.by_id}
    return {place_id: (one, *reversed(held.ancestors(one))) for place_id, one in known.items()}


def of_codes(codes: Iterable[str], country: str = "kh") -> dict[str, KnownPlace]:
    """The place standing now, or else the first that ever stood, of each code that is known."""
    held = gazetteer(country)
    found = {}
    for code in codes:
        listed = held.by_code.get(code, ())
        if listed:
            found[code] = next((known for known in listed if known.stands(None)), listed[0])
    return found


def ancestors(place_id: int, country: str = "kh") -> tuple[KnownPlace, ...]:
    """The places above, the province first. Raises NotFound."""
    held = gazetteer(country)
    if place_id not in held.by_id:
        raise NotFound("no_such_place", _("There is no place with the code %(place)s."), place=place_id)
    return held.ancestors(held.by_id[place_id])


def provinces(on: dt.date | None = None, country: str = "kh") -> list[KnownPlace]:
    return gazetteer(country).children(None, on)


def below(codes: Iterable[str], country: str = "kh") -> frozenset[int]:
    """Keys of the places with these codes and of all below them, whenever they stood. By parent, not by the digits of
    the code: the source has villages whose code contradicts their commune."""
    held = gazetteer(country)
    found: set[int] = set()
    waiting = [known.id for code in codes for known in held.by_code.get(code, ())]
    while waiting:
        place_id = waiting.pop()
        if place_id not in found:
            found.add(place_id)
            waiting += held.child_ids(place_id)
    return frozenset(found)


@dataclass(frozen=True)
class PlacePage:
    """One place (None: the country), what stands above it, and a page of what lies in it; `total` counts all of it."""

    place: KnownPlace | None
    above: tuple[KnownPlace, ...]
    inside: tuple[KnownPlace, ...]
    total: int
    next_after: str | None


def page(
    parent: str | None = None, *, after: str = "", limit: int = 50, on: dt.date | None = None, country: str = "kh"
) -> PlacePage:
    """The places directly inside `parent` (a code; None for the provinces) in the order of their codes, those after the
    code `after`. Raises NotFound."""
    held = gazetteer(country)
    area = place(parent, on, country) if parent is not None else None
    inside = held.children(area.id if area else None, on)
    rest = [known for known in inside if known.code > after]
    shown = tuple(rest[:limit])
    return PlacePage(
        place=area,
        above=held.ancestors(area) if area else (),
        inside=shown,
        total=len(inside),
        next_after=shown[-1].code if len(rest) > limit else None,
    )


def faults() -> list[PlaceFault]:
    """What is wrong in the tables the places came from."""
    return list(PlaceFault.objects.order_by("source", "kind", "code", "name_latin"))


def _find(held: Gazetteer, asked: Asked, on: dt.date | None) -> Found:
    area = None
    if asked.within is not None:
        area = next((known for known in held.by_code.get(asked.within, ()) if known.stands(on)), None)
        if area is None:
            return NOTHING
    code = rules.code_as_meant(asked.text)
    if code is not None:
        exact = _fitting(held, held.by_code.get(code, ()), asked.level, area, on)
        if exact:
            return Found(exact)
    name = rules.folded(asked.text)
    if not name:
        return NOTHING
    exact = _fitting(held, held.by_name.get(name, ()), asked.level, area, on)
    if exact:
        return Found(exact)
    level = asked.level
    bare = rules.without_kind(asked.text)
    if bare is not None and (level is None or bare[1] is None or level == bare[1]):
        name, level = bare[0], level or bare[1]
        exact = _fitting(held, held.by_name.get(name, ()), level, area, on)
        if exact:
            return Found(exact)
    return Found(suggestions=held.alike(name, level, area, on))


def _fitting(
    held: Gazetteer, known: Sequence[KnownPlace], level: int | None, area: KnownPlace | None, on: dt.date | None
) -> tuple[KnownPlace, ...]:
    return tuple(place for place in known if place.stands(on) and held.fits(place, level, area))


def _refuse(text: str, found: Found, field: str | None) -> KnownPlace:
    raise _problem(text, found, field)


def _problem(text: str, found: Found, field: str | None) -> Invalid:
    if not found.places:
        return Invalid(
            "place_unknown",
            _("There is no place named %(name)s. Please choose one from the list."),
            field=field,
            name=text,
            suggestions=found.suggestions,
        )
    villages = sum(known.level == Level.VILLAGE for known in found.places)
    if len(found.places) > 2 and villages > len(found.places) / 2:
        return Invalid(
            "commune_wanted",
            _("There are many villages named %(name)s. Please choose the commune first."),
            field=field,
            name=text,
            places=found.places,
        )
    return Invalid(
        "place_ambiguous",
        _("There are several places named %(name)s. Please choose which one."),
        field=field,
        name=text,
        places=found.places,
    )
