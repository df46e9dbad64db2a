"""What a steward sees: masked pairs, and how far the work has come. No name, phone, birth year or village, and no
record of either organisation but a code of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.access import not_found, person_within
from samaki.ground.people.across.consenting import agreed
from samaki.ground.people.across.masks import code
from samaki.ground.people.across.programmes import pairs_of, working_organisations
from samaki.ground.people.models import UNDECIDED, AcrossPair, ComparedAcross, Consent, MatchCandidate, Person
from samaki.ground.people.taking_part import taking_part
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import Actor, AnyActor, Role
from samaki.kernel.audit.operations import record
from samaki.kernel.policy import RULES, Action, may, refusal

# Whoever may open the names of an organisation would learn from a pair that her person is another's too.
_KNOWS_PEOPLE = frozenset(
    role
    for action in (Action.SEE_PEOPLE, Action.EDIT_PEOPLE, Action.SEE_OWN_ATTENDANCE, Action.SEE_CASES)
    for role in RULES[action]
)


@dataclass(frozen=True)
class Side:
    """One of the two, as a steward may know her: her organisation and that organisation's code for her."""

    organisation: Organisation
    code: str


@dataclass(frozen=True)
class MaskedPair:
    """`agreement` is trait → mask (across.masks); `state` and who said it, where somebody did."""

    id: int
    likeness: int
    sides: tuple[Side, Side]
    agreement: tuple[tuple[str, str], ...]
    state: str
    decided_by: str
    decided_at: dt.datetime | None


@dataclass(frozen=True)
class Progress:
    """How far the counting across has come in a programme. `agreed` people, of whom `compared`; pairs by what was said;
    `own` pairs wait for another steward, because this one knows people of one of the two organisations."""

    agreed: int
    compared: int
    undecided: int
    unsure: int
    same: int
    different: int
    own: int

    @property
    def waiting(self) -> int:
        return self.agreed - self.compared


def require_steward(actor: AnyActor, programme_id: int) -> None:
    """Raises Refused, audited, unless the actor is a steward of the programme."""
    if may(actor, Action.LINK_ACROSS, organisation_id=None, programme_id=programme_id):
        return
    error = refusal(actor, Action.LINK_ACROSS)
    with transaction.atomic():
        record(
            actor,
            Action.LINK_ACROSS.value,
            ("people.acrosspair", ""),
            programme_id=programme_id,
            details={"code": error.code},
            refused=True,
        )
    error.recorded = True
    raise error


def pairs(
    actor: AnyActor, programme_id: int, *, decided: bool = False, skipped: Sequence[int] = (), limit: int = 20
) -> list[MaskedPair]:
    """Undecided pairs of the programme, the likeliest first and those somebody was unsure of last; or (`decided`) what
    was said lately. `skipped` come last, in their order. Raises Refused, audited."""
    require_steward(actor, programme_id)
    found = _within(actor, programme_id).select_related("first__organisation", "second__organisation")
    if decided:
        found = found.exclude(state__in=UNDECIDED).order_by("-decided_at", "-pk")
    else:
        put_off = Case(
            *(When(pk=pk, then=Value(at)) for at, pk in enumerate(skipped, start=2)),
            When(state=MatchCandidate.State.UNSURE, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        found = found.filter(state__in=UNDECIDED).order_by(put_off, "-likeness", "pk")
    return [_masked(one) for one in found[:limit]]


def pairs_within(actor: AnyActor, programme_id: int, pair_id: int) -> AcrossPair:
    """The pair, for operations. Raises Refused or NotFound, audited, in the same words for what is not there and for
    what another steward must decide."""
    require_steward(actor, programme_id)
    found = _within(actor, programme_id).filter(pk=pair_id).first()
    if found is None:
        raise not_found(actor, Action.LINK_ACROSS, ("people.acrosspair", pair_id))
    return found


def progress(actor: AnyActor, programme_id: int) -> Progress:
    """Raises Refused, audited."""
    require_steward(actor, programme_id)
    on = timezone.localdate()
    willing = agreed(on, organisation_ids=working_organisations(programme_id, on))
    here = taking_part(programme_id, willing.keys())
    compared = ComparedAcross.objects.filter(programme_id=programme_id, person__in=here).count()
    every, own = pairs_of(programme_id), _within(actor, programme_id)
    counts = dict(own.values_list("state").annotate(n=Count("pk")).order_by())
    states = MatchCandidate.State
    return Progress(
        agreed=len(here),
        compared=compared,
        undecided=counts.get(states.OPEN, 0) + counts.get(states.UNSURE, 0),
        unsure=counts.get(states.UNSURE, 0),
        same=counts.get(states.SAME, 0),
        different=counts.get(states.DIFFERENT, 0),
        own=every.filter(state__in=UNDECIDED).count() - own.filter(state__in=UNDECIDED).count(),
    )


def stewarded(actor: AnyActor) -> QuerySet[Programme]:
    """The programmes whose steward the actor is."""
    grants = actor.grants if isinstance(actor, Actor) else ()
    ids = [grant.programme_id for grant in grants if grant.role in RULES[Action.LINK_ACROSS]]
    return Programme.objects.filter(pk__in=[pk for pk in ids if pk is not None]).order_by("name_en", "pk")


def stewards(actor: AnyActor, programme: Programme, *, on: dt.date) -> list[str]:
    """Who may say, across the programme’s organisations, who is one person. Public (T1): people agreed knowing it."""
    grants = RoleGrant.objects.filter(
        Q(since__isnull=True) | Q(since__lte=on),
        Q(until__isnull=True) | Q(until__gte=on),
        role=Role.STEWARD,
        programme_id=programme.pk,
        user__is_active=True,
    )
    users = User.objects.filter(pk__in=grants.values("user_id")).order_by("username")
    return [user.get_full_name() or user.get_username() for user in users]


def code_of(actor: AnyActor, person_id: int) -> str | None:
    """The code by which a steward may ask this organisation about her own person; None where she did not agree to be
    counted across. Raises Refused or NotFound, audited."""
    found = person_within(actor, Action.SEE_PEOPLE, person_id)
    stands = found.merged_into_id or found.pk
    return code(stands) if stands in agreed(timezone.localdate(), person_ids=[stands]) else None


def _within(actor: AnyActor, programme_id: int) -> QuerySet[AcrossPair]:
    found = pairs_of(programme_id)
    grants = actor.grants if isinstance(actor, Actor) else ()
    known = [one.organisation_id for one in grants if one.role in _KNOWS_PEOPLE and one.organisation_id is not None]
    return found.exclude(Q(first__organisation__in=known) | Q(second__organisation__in=known)) if known else found


def _masked(pair: AcrossPair) -> MaskedPair:
    def side(person: Person) -> Side:
        return Side(person.organisation, code(person.pk))

    return MaskedPair(
        id=pair.pk,
        likeness=pair.likeness,
        sides=(side(pair.first), side(pair.second)),
        agreement=tuple(pair.agreement.items()),
        state=pair.state,
        decided_by=pair.decided_by,
        decided_at=pair.decided_at,
    )


def standing_consents(actor: AnyActor, person_id: int) -> list[Consent]:
    """Her agreements to be counted across organisations that nobody took back, on any record of hers. Raises Refused or
    NotFound, audited."""
    found = person_within(actor, Action.SEE_PEOPLE, person_id)
    stands = found.merged_into_id or found.pk
    return list(
        Consent.objects.filter(
            Q(person=stands) | Q(person__merged_into=stands),
            purpose=Consent.Purpose.BE_COUNTED_ACROSS,
            withdrawn_on__isnull=True,
        ).order_by("pk")
    )
