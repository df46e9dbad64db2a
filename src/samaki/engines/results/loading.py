"""Bringing the definitions of the registered files into the catalogue; a changed one becomes its next version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from samaki.engines.results.definitions import Definition, DefinitionFault, read, stored
from samaki.engines.results.dimensions import dimensions_of
from samaki.engines.results.models import Indicator, IndicatorVersion
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.evidence import indicator_files
from samaki.kernel.measures import measures
from samaki.kernel.policy import Action
from samaki.kernel.releases import release_sources


@dataclass(frozen=True)
class Loaded:
    """Versions made by this load, and definitions that were in the catalogue already."""

    made: tuple[IndicatorVersion, ...]
    unchanged: int


def load_catalogue(*, by: AnyActor) -> Loaded:
    """Idempotent. Raises DefinitionFault for a wrong file, or one that names what cannot be counted; then nothing is
    loaded. Versions in the catalogue are never altered."""
    with acting(by, Action.EDIT_PROGRAMME, ("results.indicator", "catalogue"), organisation_id=None):
        latest: dict[str, IndicatorVersion] = {}
        for version in IndicatorVersion.objects.select_related("indicator").order_by("number"):
            latest[version.indicator.key] = version
        made, unchanged = [], 0
        for owner, definition in _definitions():
            before = latest.get(definition.key)
            if before is not None and before.digest == definition.digest():
                unchanged += 1
                continue
            made.append(_next_version(owner, definition, before))
        for version in made:
            record(by, "indicator.define", version, details={"key": version.indicator.key, "version": version.number})
        return Loaded(tuple(made), unchanged)


def _definitions() -> Iterator[tuple[str, Definition]]:
    seen: set[str] = set()
    for file in indicator_files:
        for definition in read(file.path.read_text(encoding="utf-8")):
            if definition.key in seen:
                raise DefinitionFault(f"{definition.key} is defined twice")
            seen.add(definition.key)
            _check(definition)
            yield file.key, definition


def _check(definition: Definition) -> None:
    counts = definition.counts
    if counts.released is not None and counts.released not in release_sources:
        raise DefinitionFault(f"{definition.key}: nothing releases {counts.released!r}")
    also = [key for key in (counts.also.count, counts.also.numerator) if key] if counts.also else []
    for measure in [counts.measure, *also, *([counts.tallied] if counts.tallied else [])]:
        if measure not in measures:
            raise DefinitionFault(f"{definition.key}: no measure is called {measure!r}")
    limits = [dimension for where in (counts.where, counts.narrowed, counts.unknown) for dimension, _ in where or ()]
    limits += [counts.of] if counts.of else []
    for measure, named in [(counts.measure, {*definition.dimensions, *limits})] + [
        (measure, set(definition.dimensions)) for measure in also
    ]:
        if foreign := named - dimensions_of(measure):
            raise DefinitionFault(f"{definition.key}: {measure} has no dimension {sorted(foreign)}")


def _next_version(owner: str, definition: Definition, before: IndicatorVersion | None) -> IndicatorVersion:
    indicator = before.indicator if before else Indicator.objects.create(key=definition.key, owner=owner)
    return IndicatorVersion.objects.create(
        indicator=indicator,
        number=before.number + 1 if before else 1,
        digest=definition.digest(),
        unit=definition.unit,
        dedupe_key=definition.dedupe_key,
        dimensions=list(definition.dimensions),
        counts=stored(definition.counts),
        author=definition.author,
        checker=definition.checker,
        review_on=definition.review_on,
        **definition.texts,
    )
