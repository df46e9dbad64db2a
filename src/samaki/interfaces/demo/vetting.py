"""Vetting of the example: invented men in every state, so that each page and each list has somebody to try it on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from django.utils import timezone

from samaki.ground.accounts.models import User
from samaki.ground.accounts.queries import actor_of
from samaki.ground.clearances.models import Clearance
from samaki.ground.groups.models import Group, GroupRole, Membership
from samaki.ground.groups.operations import join_group, leave_group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Gender, Person
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.people import Casting, invent
from samaki.kernel.actors import Actor, System
from samaki.strands.vetting import operations
from samaki.strands.vetting.models import Allegation, Bar, Candidacy, CodeOfConduct, Decision, Step
from samaki.strands.vetting.rules import REFERENCES_WANTED, STEPS, State, StepKind

BY = System("example data")
GENDERS = {"safeguarding": User.Gender.WOMAN, "supervisor": User.Gender.MAN}  # one of two deciders is a woman
COUNSELLOR = "counsellor"
SAID = "Invented words, to try the page with"
EVERY_STEP = tuple(STEPS)


@dataclass(frozen=True)
class Way:
    """A man of a commune's group who applied so many days ago, and what became of him."""

    commune: str
    days_ago: int
    end: State
    signs_anew: bool = False


WAYS = (
    Way("040102", 400, State.ACTIVE, signs_anew=True),
    Way("040102", 395, State.ACTIVE, signs_anew=True),
    Way("040102", 390, State.ACTIVE),
    Way("040203", 380, State.ACTIVE, signs_anew=True),
    Way("040203", 560, State.ACTIVE),  # runs out within 60 days
    Way("140103", 660, State.ACTIVE),  # has run out
    Way("040102", 6, State.APPLIED),
    Way("040203", 20, State.DECLARED),
    Way("140103", 30, State.REFERENCED),
    Way("150103", 40, State.COMMUNITY_CHECKED),
    Way("040403", 50, State.INTERVIEWED),
    Way("140203", 60, State.SIGNED),
    Way("140303", 75, State.PROBATION),
    Way("150203", 120, State.REJECTED),
    Way("040203", 300, State.SUSPENDED),
    Way("150303", 420, State.REMOVED),
    Way("140103", 430, State.BARRED),
)


def load(
    programme: Programme, wela: Organisation, groups: Mapping[str, Group], places: Mapping[str, Place], at: dt.datetime
) -> None:
    """Loads it once; where somebody was ever vetted, nothing is changed."""
    if Candidacy.objects.filter(programme=programme).exists():
        return
    for name, gender in GENDERS.items():
        User.objects.filter(username=name, gender="").update(gender=gender)
    vetting = _Vetting(programme, wela, at)
    vetting.publish("ក្រមប្រតិបត្តិ (ឧទាហរណ៍)៖ ខ្ញុំមិនប្រើហិង្សា។", "Code of conduct (example): I use no violence.", 700)
    rng, taken = Random(41), set[tuple[str, str]]()  # noqa: S311  # invented names, no secret
    for way in WAYS:
        casting = Casting([Gender.MAN], (1962, 1994), [places[way.commune]], vetting.day(way.days_ago))
        vetting.go(way, invent(casting, wela, rng, taken)[0], groups[way.commune])
    vetting.take_on_counsellor(groups["040102"])
    vetting.publish(
        "ក្រមប្រតិបត្តិ (ឧទាហរណ៍)៖ ខ្ញុំមិនប្រើហិង្សា ហើយមិនសម្របសម្រួលគូស្វាមីភរិយាទេ។",
        "Code of conduct (example): I use no violence, and I do not mediate between a couple.",
        30,
    )
    vetting.sign_anew()
    _mark(programme, vetting)


class _Vetting:
    """Who vets and decides in the example, and the days on which they did."""

    def __init__(self, programme: Programme, wela: Organisation, at: dt.datetime) -> None:
        self.programme, self.wela, self.at = programme, wela, at
        self.deciders = [self._decider(name) for name in GENDERS]
        self.signing: list[Candidacy] = []
        self.memberships: list[Membership] = []

    def _decider(self, name: str) -> Actor:
        return actor_of(User.objects.get(username=name), on=timezone.localdate(self.at), second_factor=True)

    def when(self, days_ago: int) -> dt.datetime:
        return self.at - dt.timedelta(days=days_ago)

    def day(self, days_ago: int) -> dt.date:
        return timezone.localdate(self.when(days_ago))

    def publish(self, text_km: str, text_en: str, days_ago: int) -> None:
        operations.publish_code(
            programme_id=self.programme.pk,
            organisation_id=self.wela.pk,
            text_km=text_km,
            text_en=text_en,
            by=BY,
            at=self.when(days_ago),
        )

    def go(self, way: Way, person: Person, group: Group) -> None:
        candidacy = self._apply(person, group, way.days_ago)
        if way.end in {before for before, _after in STEPS.values()} | {State.PROBATION}:
            order = [State.APPLIED, *(after for _before, after in STEPS.values())]
            self._steps(candidacy, EVERY_STEP[: order.index(way.end)], way.days_ago)
            return
        if way.end is State.REJECTED:
            self._steps(candidacy, EVERY_STEP[:2], way.days_ago)
            self._decide(candidacy, way.days_ago - 30, approves=False)
            return
        self._steps(candidacy, EVERY_STEP, way.days_ago)
        decided = way.days_ago - 60
        self._decide(candidacy, decided)
        self._join(candidacy, decided)
        if way.signs_anew:
            self.signing.append(candidacy)
        if way.end is State.SUSPENDED:
            self._allege(candidacy, 12)
        elif way.end is State.REMOVED:
            operations.settle(allegation=self._allege(candidacy, 200), upheld=True, by=BY, at=self.when(190))
            self._decide(candidacy, 180, approves=False)
            self._leave(180)
        elif way.end is State.BARRED:
            barred = operations.bar(candidacy=candidacy, reason=SAID, by=self.deciders[0], at=self.when(90))
            operations.appeal(barred=barred, by=BY, at=self.when(20))
            self._leave(90)

    def take_on_counsellor(self, group: Group) -> None:
        """The counsellor of the example has gone the whole way; two decided today."""
        user = User.objects.filter(username=COUNSELLOR).first()
        if user is None or user.person_id is None:
            return
        candidacy = self._apply(Person.objects.get(pk=user.person_id), group, 90)
        self._steps(candidacy, EVERY_STEP, 90)
        self._decide(candidacy, 0)
        self._join(candidacy, 0, GroupRole.FACILITATOR)
        self.signing.append(candidacy)

    def sign_anew(self) -> None:
        for candidacy in self.signing:
            operations.sign_code(candidacy=candidacy, signed_on=self.day(0), by=BY, at=self.at)

    def _apply(self, person: Person, group: Group, days_ago: int) -> Candidacy:
        return operations.apply(
            person=person,
            group=group,
            recruited_by_id=None,
            applied_on=self.day(days_ago),
            by=BY,
            at=self.when(days_ago),
        )

    def _steps(self, candidacy: Candidacy, kinds: tuple[StepKind, ...], days_ago: int) -> None:
        """One each five days, both references on one day."""
        for order, kind in enumerate(kinds, start=1):
            on = days_ago - 5 * order
            for _turn in range(REFERENCES_WANTED if kind is StepKind.REFERENCE else 1):
                operations.take_step(
                    candidacy=candidacy,
                    kind=kind,
                    result=Step.Result.PASSED,
                    taken_on=self.day(on),
                    women_heard=True,
                    words=SAID,
                    by=BY,
                    at=self.when(on),
                )

    def _decide(self, candidacy: Candidacy, days_ago: int, *, approves: bool = True) -> None:
        for decider in self.deciders:
            operations.decide(candidacy=candidacy, approves=approves, by=decider, at=self.when(days_ago))

    def _join(self, candidacy: Candidacy, days_ago: int, role: GroupRole = GroupRole.MEMBER) -> None:
        joined = join_group(
            group=candidacy.group,
            person_id=candidacy.person_id,
            since=self.day(days_ago),
            role=role.value,
            by=BY,
            at=self.when(days_ago),
        )
        self.memberships.append(joined)

    def _leave(self, days_ago: int) -> None:
        """Whoever joined last."""
        leave_group(
            membership=self.memberships[-1], revision=1, until=self.day(days_ago), by=BY, at=self.when(days_ago)
        )

    def _allege(self, candidacy: Candidacy, days_ago: int) -> Allegation:
        return operations.allege(
            candidacy=candidacy,
            received_on=self.day(days_ago),
            is_credible=True,
            words=SAID,
            by=BY,
            at=self.when(days_ago),
        )


def _mark(programme: Programme, vetting: _Vetting) -> None:
    """As the example's."""
    mark = {"is_example": True, "origin": ORIGIN}
    of_programme = {"candidacy__programme": programme}
    for part in (Step, Decision, Allegation):
        part._default_manager.filter(**of_programme).update(**mark)
    for model in (Candidacy, CodeOfConduct, Bar, Clearance):
        model._default_manager.filter(programme=programme).update(**mark)
    Membership.objects.filter(pk__in=[one.pk for one in vetting.memberships]).update(**mark)
