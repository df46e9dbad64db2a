"""From the words of a query to what is to be counted, by a fixed number of look-ups however many queries there are."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.engines.results.counting import AT_MOST, Wanted
from samaki.engines.results.definitions import Counts, Where, both, counts_of
from samaki.engines.results.dimensions import dimensions_of
from samaki.engines.results.models import IndicatorVersion
from samaki.engines.results.scope import OUTSIDE, Scope, scope_of
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.rules import Period, parse
from samaki.ground.places.models import Level
from samaki.ground.places.queries import KnownPlace, the_one
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Invalid, NotFound, Refused
from samaki.kernel.figures import FigureQuery
from samaki.kernel.measures import TIMES

GROUP = "group"


@dataclass(frozen=True)
class Resolved:
    """A query understood, and how far its asker sees. `place_level` is province, district, commune or village."""

    query: FigureQuery
    programme: Programme
    version: IndicatorVersion
    counts: Counts
    scope: Scope
    wanted: Wanted
    period: Period | None
    place: str | None
    place_level: str | None
    organisations: tuple[str, ...] | None  # keys of those counted; None: all

    @property
    def key(self) -> str:
        return self.version.indicator.key


def resolve(actor: AnyActor, queries: Sequence[FigureQuery], today: dt.date) -> list[Resolved]:
    """Raises NotFound for an unknown programme or indicator, Invalid for a period, place or dimension that is none,
    with `field` and `suggestions`; Refused where one organisation's figures are asked by another."""
    programmes = Programme.objects.in_bulk(list({query.programme for query in queries}), field_name="key")
    versions = _versions(queries)
    organisations = Organisation.objects.in_bulk(
        list({query.organisation for query in queries if query.organisation}), field_name="key"
    )
    scopes = {programme.pk: scope_of(actor, programme.pk) for programme in programmes.values()}
    names = _Names(scopes.values())
    places = {text: the_one(text, field="place") for text in {query.place for query in queries} if text}
    found = []
    for query in queries:
        programme = programmes.get(query.programme) or no_programme(query.programme)
        version = versions.get((query.indicator, query.version)) or _no_indicator(query)
        place = places[query.place] if query.place else None
        found.append(_resolved(query, programme, version, scopes[programme.pk], organisations, place, names, today))
    return found


def _versions(queries: Sequence[FigureQuery]) -> dict[tuple[str, int | None], IndicatorVersion]:
    """Versions asked by number, and the latest under None."""
    latest = IndicatorVersion.objects.filter(indicator=OuterRef("indicator")).order_by("-number").values("pk")[:1]
    numbers = {(query.indicator, query.version) for query in queries if query.version is not None}
    wanted = Q(pk=Subquery(latest), indicator__key__in={query.indicator for query in queries})
    for key, number in numbers:
        wanted |= Q(indicator__key=key, number=number)
    found: dict[tuple[str, int | None], IndicatorVersion] = {}
    for version in IndicatorVersion.objects.filter(wanted).select_related("indicator").order_by("number"):
        found[version.indicator.key, version.number] = version
        found[version.indicator.key, None] = version
    return found


class _Names:
    """Keys of the organisations and groups that some actor is limited to, read once."""

    def __init__(self, scopes: Iterable[Scope]) -> None:
        organisation_ids: set[int] = set()
        group_ids: set[int] = set()
        for scope in scopes:
            organisation_ids |= scope.organisation_ids or frozenset()
            group_ids |= scope.group_ids or frozenset()
        self.organisations: Mapping[int, str] = (
            dict(Organisation.objects.filter(pk__in=organisation_ids).values_list("pk", "key"))
            if organisation_ids
            else {}
        )
        self.groups: Mapping[int, str] = (
            dict(Group.objects.filter(pk__in=group_ids).values_list("pk", "key")) if group_ids else {}
        )


def _resolved(
    query: FigureQuery,
    programme: Programme,
    version: IndicatorVersion,
    scope: Scope,
    organisations: Mapping[str, Organisation],
    place: KnownPlace | None,
    names: _Names,
    today: dt.date,
) -> Resolved:
    counts = counts_of(version.counts)
    period = parse(query.period, fiscal_year_starts_in=programme.fiscal_year_starts_in) if query.period else None
    by = _dimensions(query.by, version, counts)
    _dimensions(tuple(name for name, _value in query.only), version, counts)
    where: Where = tuple(sorted((name, (value,)) for name, value in query.only))
    if scope.group_ids is not None:
        if GROUP in dimensions_of(counts.measure):
            own = tuple(sorted(names.groups[pk] for pk in scope.group_ids if pk in names.groups))
            where = both(where, ((GROUP, own),))
        else:
            scope = OUTSIDE
    counted = scope.organisation_ids
    keys = None if counted is None else tuple(sorted(names.organisations[pk] for pk in counted))
    if query.organisation is not None:
        organisation = organisations.get(query.organisation)
        if organisation is None or not scope.has_organisation(organisation.pk):
            # The same word whether there is such an organisation or not.
            raise Refused(
                "organisation_refused",
                _("Figures of one organisation are for that organisation and for the programme’s officers."),
                field="organisation",
            )
        counted, keys = frozenset({organisation.pk}), (organisation.key,)
    return Resolved(
        query=replace(query, period=period.key if period else None, by=by, place=place.code if place else None),
        programme=programme,
        version=version,
        counts=counts,
        scope=scope,
        wanted=Wanted(
            counts=counts,
            unit=version.unit,
            programme_id=programme.pk,
            today=today,
            period=period,
            as_of=query.as_of,
            organisation_ids=counted,
            places=(place.code,) if place else (),
            where=where,
            by=by,
        ),
        period=period,
        place=place.code if place else None,
        place_level=Level(place.level).name.lower() if place else None,
        organisations=keys,
    )


def _dimensions(by: tuple[str, ...], version: IndicatorVersion, counts: Counts) -> tuple[str, ...]:
    if len(by) > AT_MOST or len(set(by)) < len(by):
        raise Invalid(
            "too_many_dimensions", _("A figure is broken down by at most three different dimensions."), field="by"
        )
    allowed = {*version.dimensions, *TIMES} & dimensions_of(counts.measure)
    for name in by:
        if name not in allowed:
            raise _unknown(
                Invalid,
                "no_such_dimension",
                _("%(name)s is no dimension of this indicator. It can be broken down by: %(suggestions)s."),
                "by",
                name,
                sorted(allowed),
            )
    return by


def no_programme(key: str) -> Programme:
    known = near(key, Programme.objects.order_by("key").values_list("key", flat=True))
    if known:
        words = _("There is no programme %(name)s. There are: %(suggestions)s.")
    else:
        words = _("There is no programme yet.")
    raise _unknown(NotFound, "no_such_programme", words, "programme", key, known)


def _no_indicator(query: FigureQuery) -> IndicatorVersion:
    keys = IndicatorVersion.objects.order_by("indicator__key").values_list("indicator__key", flat=True).distinct()
    if query.version is not None and query.indicator in keys:
        raise NotFound(
            "no_such_version", _("This indicator has no version %(version)s."), field="version", version=query.version
        )
    raise _unknown(
        NotFound,
        "no_such_indicator",
        _("There is no indicator %(name)s. There are: %(suggestions)s."),
        "indicator",
        query.indicator,
        near(query.indicator, keys),
    )


def near(word: str, known: Iterable[str]) -> list[str]:
    """Those that look like the word, else all."""
    every = list(known)
    return difflib.get_close_matches(word, every, n=3, cutoff=0.6) or every


class _Listed(tuple[str, ...]):
    """Suggestions that print as a sentence does and are a tuple to programs."""

    def __str__(self) -> str:
        return ", ".join(self)


def _unknown(
    kind: type[Invalid] | type[NotFound], code: str, message: Promise, field: str, name: str, known: Sequence[str]
) -> Invalid | NotFound:
    return kind(code, message, field=field, name=name, suggestions=_Listed(known))
