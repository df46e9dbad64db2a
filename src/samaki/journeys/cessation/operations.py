"""Taking a release: his cases and her words are joined in memory, counted, and only what may be told is kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from samaki.ground.places.queries import paths
from samaki.ground.programmes.models import Programme, ProgrammePlace
from samaki.journeys.cessation.models import Release
from samaki.journeys.cessation.queries import APART, COVERAGE
from samaki.journeys.cessation.rules import (
    Answer,
    K,
    Span,
    Stand,
    Tally,
    Told,
    of_window,
    quarter_end_before,
    stand,
    told,
    told_parts,
)
from samaki.kernel.actors import System
from samaki.kernel.audit.operations import record
from samaki.strands.counselling.course import WINDOWS, months_later
from samaki.strands.counselling.models import Case
from samaki.strands.counselling.queries import Started, started_cases
from samaki.strands.survivors.queries import Word, words_of
from samaki.strands.survivors.rules import Told as ToldAt
from samaki.strands.survivors.rules import Value, Violence

WHOLE, AREA, PROVINCE = "", "area", "province"
BODILY = (Violence.PHYSICAL, Violence.SEXUAL)


@dataclass(frozen=True)
class Joined:
    """A case of his with what A and B said of it, for as long as it is counted."""

    case: Started
    answers: Sequence[Answer]
    area: str
    province: str

    def span(self, months: int) -> Span | None:
        if self.case.last_on is None:
            return None
        due_on, days = months_later(self.case.last_on, months), dt.timedelta(WINDOWS[months])
        return Span(due_on - days, due_on + days)


Count = Callable[[Sequence[Joined], dt.date], Tally]


def _cessation(months: int) -> Count:
    def count(cases: Sequence[Joined], on: dt.date) -> Tally:
        found: Counter[Stand] = Counter()
        for one in cases:
            span = one.span(months)
            is_open = span is not None and on <= span.closes_on  # by his dates alone, whoever has spoken by then
            answers = () if is_open else of_window(one.answers, months, span)
            found[stand(answers, span, on=on)] += 1
        return Tally(found.total(), found[Stand.PENDING], found[Stand.VERIFIED], found[Stand.NOT_STOPPED])

    return count


def _coverage(cases: Sequence[Joined], on: dt.date) -> Tally:
    """Of closed windows; a known answer is yes or no."""
    whole = part = 0
    for one in cases:
        for months in WINDOWS:
            span = one.span(months)
            if span is not None and span.closes_on < on:
                whole += 1
                part += any(answer.violent is not None for answer in of_window(one.answers, months, span))
    return Tally(whole, part=part)


@dataclass(frozen=True)
class Source:
    """One released figure. `least` is the smallest step, in what it counts: a woman may answer at four windows."""

    count: Count
    least: int


SOURCES: Mapping[str, Source] = {
    "verified_cessation_6": Source(_cessation(6), K),
    "verified_cessation_12": Source(_cessation(12), K),
    COVERAGE: Source(_coverage, K * len(WINDOWS)),
}


def release_due(*, by: System, at: dt.datetime) -> int:
    """Takes what is due for every programme with cases; answers how many releases were made. Raises SealBroken."""
    as_of = quarter_end_before(timezone.localdate(at))
    made = 0
    for programme in Programme.objects.filter(pk__in=Case.objects.values("programme")).order_by("pk"):
        made += release(programme, as_of=as_of, by=by, at=at)
    return made


def release(programme: Programme, *, as_of: dt.date, by: System, at: dt.datetime) -> int:
    """All figures of the programme as of a day; those that were taken for it, or for a later one, stay as they are."""
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)  # two timers take turns
        before = {}
        for one in Release.objects.filter(programme=programme).order_by("as_of"):
            before[one.source] = one
        due = [key for key in SOURCES if key not in before or before[key].as_of < as_of]
        if not due:
            return 0
        joined = _joined(programme, as_of, by)
        for key in due:
            content = _content(SOURCES[key], joined, as_of, before.get(key))
            made = Release.objects.create(programme=programme, source=key, as_of=as_of, taken_at=at, content=content)
            record(by, "release_figure", made, programme_id=programme.pk, details={"source": key})
        return len(due)


def _content(source: Source, joined: Sequence[Joined], as_of: dt.date, before: Release | None) -> dict[str, object]:
    earlier = before.content if before else {}
    whole = told(source.count(joined, as_of), _told(earlier, WHOLE, WHOLE), least=source.least)
    content: dict[str, object] = {WHOLE: {WHOLE: asdict(whole)}}
    crossed = _parts(source, joined, as_of, {}, whole, lambda one: f"{one.province} {one.area}")
    for name, value in ((PROVINCE, lambda one: one.province), (AREA, lambda one: one.area)):
        cells = {key: _told(earlier, name, key) for key in earlier.get(name) or {}}
        parts = _parts(source, joined, as_of, {k: v for k, v in cells.items() if v}, whole, value)
        # Provinces and areas together give their crossing away: areas are told where each part of it may be.
        nobody_spoke = not whole.part and not whole.against
        is_safe = name == PROVINCE or nobody_spoke or crossed is not None or content[PROVINCE] is None
        content[name] = {key: asdict(one) for key, one in parts.items()} if parts is not None and is_safe else None
    lost = sum(one.case.is_lost for one in joined)
    undated = sum(one.case.last_on is None for one in joined)
    content[APART] = {
        "dropouts": lost if lost == 0 or lost >= K else None,
        "undated": undated if undated == 0 or undated >= K else None,
    }
    return content


def _parts(
    source: Source,
    joined: Sequence[Joined],
    as_of: dt.date,
    before: Mapping[str, Told],
    whole: Told,
    value: Callable[[Joined], str],
) -> dict[str, Told] | None:
    groups: dict[str, list[Joined]] = defaultdict(list)
    for one in joined:
        groups[value(one)].append(one)
    now = {key: source.count(cases, as_of) for key, cases in sorted(groups.items())}
    return told_parts(now, before, whole=whole, least=source.least)


def _told(content: Mapping[str, Mapping[str, Mapping[str, int]] | None], name: str, key: str) -> Told | None:
    found = (content.get(name) or {}).get(key)
    return Told(**found) if found else None


def _joined(programme: Programme, as_of: dt.date, by: System) -> list[Joined]:
    cases = started_cases(by, programme, until=as_of)
    answers = _answers(cases, words_of(by, programme, until=as_of))
    lines = paths({one.place_id for one in cases})
    areas = _Areas(programme)
    return [
        Joined(
            one,
            answers.get(at, ()),
            areas.of([place.id for place in lines.get(one.place_id, ())], one.began_on),
            lines[one.place_id][-1].code if one.place_id in lines else "",
        )
        for at, one in enumerate(cases)
    ]


def _answers(cases: Sequence[Started], words: Sequence[Word]) -> dict[int, list[Answer]]:
    """By case. A code that two organisations use is of the one whose case names the woman's service, or of none."""
    coded: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(cases):
        coded[one.code].append(at)
    found: dict[int, list[Answer]] = defaultdict(list)
    for word in words:
        likely = coded.get(word.case_code, [])
        if len(likely) > 1:
            likely = [at for at in likely if cases[at].womens_service_id == word.organisation_id]
        if len(likely) == 1:
            found[likely[0]].append(Answer(word.asked_on, word.window, _violent(word.told)))
    return found


def _violent(said: ToldAt) -> bool | None:
    """Whether there was physical or sexual violence in the last 90 days; one that became worse contradicts a no."""
    if any(said.values.get(kind) == Value.WORSE for kind in BODILY):
        return True
    return said.violent_90_days


class _Areas:
    """Old or new, as the nearest place above says that has a part in the programme on the day; undated: the latest."""

    def __init__(self, programme: Programme) -> None:
        self._since: dict[int, list[tuple[dt.date, str]]] = defaultdict(list)
        for one in ProgrammePlace.objects.filter(programme=programme).order_by("pk"):
            self._since[one.place_id].append((one.since or dt.date.min, one.area))

    def of(self, places: Sequence[int], began_on: dt.date | None) -> str:
        day = began_on or dt.date.max
        for place in places:
            standing = [one for one in sorted(self._since.get(place, ())) if one[0] <= day]
            if standing:
                return standing[-1][1]
        return "unknown"
