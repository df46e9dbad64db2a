"""Candidates for who may be entered twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Value, When

from samaki.ground.people.access import organisations_within
from samaki.ground.people.likeness import years_ask
from samaki.ground.people.models import UNDECIDED, MatchCandidate
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action


@dataclass(frozen=True)
class Candidate:
    """Two records to decide about, without names: open those with `reveal_many`."""

    id: int
    organisation_id: int
    first_id: int
    second_id: int
    likeness: int
    years_differ: bool  # a merge asks a second question
    unsure_by: str = ""  # who looked and could not say


@dataclass(frozen=True)
class CandidatePage:
    rows: tuple[Candidate, ...]
    total: int


def open_candidates(
    actor: AnyActor,
    *,
    organisation_id: int | None = None,
    skipped: Sequence[int] = (),
    offset: int = 0,
    limit: int = 50,
) -> CandidatePage:
    """Undecided candidates of the actor's own organisation, the likeliest first; those somebody was unsure of after all
    others, and the `skipped` last, in their order. Raises Refused, audited."""
    within = organisations_within(actor, Action.EDIT_PEOPLE)
    found = MatchCandidate.objects.filter(state__in=UNDECIDED)
    if within is not None:
        found = found.filter(organisation_id__in=within)
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    last = Case(
        *(When(pk=pk, then=Value(at)) for at, pk in enumerate(skipped, start=2)),
        When(state=MatchCandidate.State.UNSURE, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = found.select_related("first", "second").order_by(last, "-likeness", "pk")[offset : offset + limit]
    return CandidatePage(
        tuple(
            Candidate(
                id=each.pk,
                organisation_id=each.organisation_id,
                first_id=each.first_id,
                second_id=each.second_id,
                likeness=each.likeness,
                years_differ=years_ask(each.first.birth_year, each.second.birth_year),
                unsure_by=each.decided_by,
            )
            for each in rows
        ),
        found.count(),
    )


def decided_lately(actor: AnyActor, *, limit: int = 10) -> list[MatchCandidate]:
    """Pairs that the actor's own organisation said are one person, or two, the latest first, so that a slip can be
    taken back. Raises Refused, audited."""
    within = organisations_within(actor, Action.EDIT_PEOPLE)
    found = MatchCandidate.objects.exclude(state__in=UNDECIDED)
    if within is not None:
        found = found.filter(organisation_id__in=within)
    return list(found.order_by("-decided_at", "-pk")[:limit])


def count_open(organisation_ids: Iterable[int]) -> dict[int, int]:
    """How many pairs are undecided, by organisation (0 where none): beside every unique count. A number of pairs tells
    of nobody, so it asks for no actor."""
    ids = list(organisation_ids)
    counts = (
        MatchCandidate.objects.filter(organisation_id__in=ids, state__in=UNDECIDED)
        .values_list("organisation_id")
        .annotate(pairs=Count("pk"))
    )
    return dict.fromkeys(ids, 0) | dict(counts)
