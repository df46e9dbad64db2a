"""An organisation that counsels, for tests of casework: its people, and a case brought as far as a test wants it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.clearances import operations as clearances
from samaki.ground.clearances.models import Clearance
from samaki.ground.clearances.operations import Whom
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import ProgrammeRole
from samaki.kernel.actors import Actor, Grant, Role, System
from samaki.kernel.errors import DomainError
from samaki.strands.counselling.course import Marker
from samaki.strands.counselling.models import Case, CaseRequest, CaseSession, Declaration, Risk, Tie
from samaki.strands.counselling.operations import asking, intake, work
from samaki.strands.counselling.operations.asking import Asked
from samaki.strands.counselling.operations.work import Held
from tests.factories.people import a_person, named
from tests.factories.programmes import Setting, a_setting

AT = dt.datetime(2024, 5, 20, 3, tzinfo=dt.UTC)  # a Monday
DAY = dt.date(2024, 5, 20)
WEDNESDAY = dt.datetime(2024, 5, 22, 3, tzinfo=dt.UTC)
KIND = CaseRequest.Kind
VET = System("a test vets")


class Work:
    """An organisation that counsels, a women's service beside it, two counsellors and two supervisors."""

    def __init__(self) -> None:
        self.setting: Setting = a_setting()
        self.group = self.setting.mens_group()
        self.group.ended_on = None
        self.group.save()
        ProgrammeRole.objects.get_or_create(
            programme=self.setting.programme, organisation=self.setting.theirs, part=ProgrammeRole.Part.PARTNER
        )
        self.worker_at(self.service)
        self.counsellor, self.second = self.a_counsellor("counsellor"), self.a_counsellor("second")
        self.supervisor = self.actor("supervisor", Role.CASE_SUPERVISOR)
        self.other_supervisor = self.actor("supervisor-2", Role.CASE_SUPERVISOR)
        self.focal = self.actor("focal", Role.SAFEGUARDING_FOCAL)

    @property
    def service(self) -> Organisation:
        return self.setting.theirs

    def worker_at(self, organisation: Organisation) -> User:
        """A women's service is an organisation where somebody reads of threats."""
        user = User.objects.create(username=f"worker-{organisation.key}")
        RoleGrant.objects.create(
            user=user,
            role=Role.WOMENS_SERVICE_WORKER.value,
            organisation=organisation,
            programme_id=self.setting.programme.pk,
        )
        return user

    def actor(self, name: str, role: Role) -> Actor:
        user = User.objects.create(username=name)
        RoleGrant.objects.create(
            user=user, role=role.value, organisation=self.setting.ours, programme_id=self.setting.programme.pk
        )
        grant = Grant(role, self.setting.ours.pk, self.setting.programme.pk)
        return Actor(user.pk, name, (grant,), second_factor=True, reason="a test asks")

    def a_counsellor(self, name: str) -> Actor:
        actor = self.actor(name, Role.COUNSELLOR)
        person = a_person(self.setting.ours, named(latin=f"Sok {name.title()}"), gender="man", birth_year=1980)
        User.objects.filter(pk=actor.user_id).update(person_id=person.pk)
        self.clear(actor)
        return actor

    def whom(self, actor: Actor) -> Whom:
        user = User.objects.get(pk=actor.user_id)
        return Whom(Person.objects.get(pk=user.person_id), self.setting.programme, self.setting.ours)

    def clear(self, actor: Actor) -> None:
        clearances.clear(self.whom(actor), until=dt.date(2030, 1, 1), by=VET, at=AT)

    def stop(self, actor: Actor) -> None:
        clearances.stop(self.whom(actor), status=Clearance.Status.SUSPENDED, by=VET, at=AT)

    def user(self, actor: Actor) -> User:
        return User.objects.get(pk=actor.user_id)

    def opened(self, code: str = "M-1", *, birth_year: int = 1980, by: Actor | None = None) -> Case:
        place = self.setting.place("040101")
        return intake.take_in(
            code=code,
            group=self.group,
            place=place,
            opened_on=DAY,
            birth_year=birth_year,
            by=by or self.counsellor,
            at=AT,
        )

    def written(self, code: str, state: str) -> Case:
        """Straight into the table."""
        place = self.setting.place("040101")
        whose = {"programme": self.setting.programme, "organisation": self.setting.ours}
        return Case.objects.create(code=code, group=self.group, place=place, state=state, **whose)

    def declared(self, case: Case, tie: Tie = Tie.NONE, by: Actor | None = None) -> Declaration:
        return intake.declare(case=case, tie=tie, by=by or self.counsellor, at=AT)

    def screened(self, code: str = "M-1") -> Case:
        case = self.opened(code)
        self.declared(case)
        intake.name_service(case=case, service=self.service, by=self.counsellor, at=AT)
        self.assess(case, Risk.Moment.INTAKE)
        return fresh(case)

    def assess(self, case: Case, moment: Risk.Moment, *markers: Marker, after: int | None = None) -> Risk:
        return work.assess_risk(case=case, moment=moment, markers=markers, after_id=after, by=self.counsellor, at=AT)

    def asked(self, case: Case, kind: CaseRequest.Kind, by: Actor | None = None, **more: object) -> CaseRequest:
        asked = Asked(kind, **more)  # type: ignore[arg-type]  # as given
        return asking.ask(case=case, asked=asked, by=by or self.counsellor, at=AT)

    def answered(self, request: CaseRequest, *, granted: bool = True, by: Actor | None = None) -> None:
        asking.hold_conference(
            conference=request.conference,
            answers={request.pk: granted},
            by=by or self.supervisor,
            at=WEDNESDAY,
        )

    def counselled(self, code: str = "M-1") -> Case:
        case = self.screened(code)
        self.answered(self.asked(case, KIND.START))
        return fresh(case)

    def log(self, case: Case, by: Actor | None = None, **more: object) -> CaseSession:
        held = {"held_on": DAY, "minutes": 60, "notes": "", "markers": (), "after_id": None, **more}
        return work.log_session(
            case=case,
            held=Held(**held),  # type: ignore[arg-type]  # as given
            by=by or self.counsellor,
            at=WEDNESDAY,
        )


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def refused_with(act: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(DomainError) as error:
        act()
    return error.value.status, error.value.code
