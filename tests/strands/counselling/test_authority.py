"""What authorities did: written down by the group that reported it alone, and counted with the silent ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.engines.results.queries import figure
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.interfaces.web.second_factor import PROVED
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import PUBLIC, Actor, Role
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.figures import FigureQuery
from samaki.strands.counselling.models import AuthorityResponse
from samaki.strands.counselling.operations import authority
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db
AT = dt.datetime(2024, 5, 20, 3, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
Act = AuthorityResponse.Act


class Reports:
    """A men's group, its coordinator, and an office."""

    def __init__(self) -> None:
        self.setting: Setting = a_setting()
        self.group = self.a_group("040101")
        self.office = Organisation.objects.create(key="police", name_latin="Police post", kind="government_office")
        self.supervisor = self.setting.actor(Role.CASE_SUPERVISOR, self.setting.ours)
        self.coordinator = self.setting.actor(Role.GROUP_COORDINATOR, self.setting.ours, group=self.group)

    def a_group(self, code: str) -> Group:
        group = self.setting.mens_group(code)
        group.ended_on = None
        group.save()
        return group

    def report(self, *, hours_ago: int = 48, by: Actor | None = None, group: Group | None = None) -> AuthorityResponse:
        return authority.report_to_authority(
            group=group or self.group,
            office=self.office,
            reported_at=AT - hours_ago * HOUR,
            by=by or self.supervisor,
            at=AT,
        )

    def answer(self, response: AuthorityResponse, hours: float, action: Act = Act.STOPPED) -> AuthorityResponse:
        return authority.record_answer(
            response=response,
            revision=response.revision,
            acted_at=response.reported_at + hours * HOUR,
            action=action,
            by=self.supervisor,
            at=AT,
        )

    def client(self) -> Client:
        """The coordinator's."""
        user = User.objects.create(username="coordinator", language="en")
        RoleGrant.objects.create(
            user=user,
            role=Role.GROUP_COORDINATOR,
            organisation=self.setting.ours,
            programme_id=self.setting.programme.pk,
            group_id=self.group.pk,
        )
        client = Client()
        client.force_login(user, backend=BACKEND)
        session = client.session
        session[PROVED] = user.pk
        session.save()
        return client


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.CASE_SUPERVISOR, Role.GROUP_COORDINATOR}])
def test_nobody_else_writes_or_reads_a_report(role: Role) -> None:
    its = Reports()
    response = its.report()
    with pytest.raises(Refused):
        its.report(by=its.setting.actor(role, its.setting.ours))
    client = somebody(its.setting, role)
    addresses = (
        reverse("authority_responses"),
        reverse("authority_report"),
        reverse("authority_answer", args=[response.pk]),
    )
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403]


def test_a_coordinator_writes_of_his_own_group_alone() -> None:
    its = Reports()
    other = its.a_group("040102")
    mine, others = its.report(by=its.coordinator), its.report(group=other)
    with pytest.raises(Refused):
        its.report(by=its.coordinator, group=other)
    client = its.client()
    body = client.get(reverse("authority_responses")).content.decode()
    assert (f"/desk/authority/{mine.pk}/" in body, f"/desk/authority/{others.pk}/" in body) == (True, False)
    answers = [client.get(reverse("authority_answer", args=[pk])).status_code for pk in (mine.pk, others.pk, 999_999)]
    assert answers == [200, 404, 404]


def test_another_organisation_sees_nothing() -> None:
    its = Reports()
    response = its.report()
    theirs = somebody(its.setting, Role.CASE_SUPERVISOR, its.setting.theirs)
    assert f"/desk/authority/{response.pk}/" not in theirs.get(reverse("authority_responses")).content.decode()
    assert theirs.get(reverse("authority_answer", args=[response.pk])).status_code == 404


def test_an_answer_has_its_minutes_and_mediation_its_flag() -> None:
    its = Reports()
    first = its.answer(its.report(), 1.5)
    second = its.answer(its.report(), 3, Act.MEDIATED)
    assert [(one.minutes, one.mediated) for one in (first, second)] == [(90, False), (180, True)]
    corrected = its.answer(second, 4, Act.RECORD)
    assert (corrected.minutes, corrected.mediated, corrected.action) == (240, False, "record")


def test_an_answer_before_the_report_or_to_come_is_refused() -> None:
    its = Reports()
    response = its.report()
    for hours, code in ((-1, "acted_before_report"), (49, "moment_in_future")):
        with pytest.raises(Invalid) as error:
            its.answer(response, hours)
        assert error.value.code == code
    with pytest.raises(Invalid) as future:
        its.report(hours_ago=-1)
    assert future.value.code == "moment_in_future"


def test_a_report_made_by_a_slip_is_taken_back_until_it_was_answered() -> None:
    its = Reports()
    slip, answered = its.report(), its.answer(its.report(), 1)
    authority.take_back_report(response=slip, revision=1, by=its.supervisor, at=AT)
    with pytest.raises(Conflict) as error:
        authority.take_back_report(response=answered, revision=2, by=its.supervisor, at=AT)
    assert (error.value.code, list(AuthorityResponse.objects.values_list("pk", flat=True))) == (
        "answered_already",
        [answered.pk],
    )


@pytest.mark.parametrize(
    "half",
    [{"minutes": 5}, {"acted_at": AT}, {"action": "record"}, {"mediated": True}],
)
def test_the_database_holds_no_half_an_answer(half: dict[str, object]) -> None:
    its = Reports()
    response = its.report()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityResponse.objects.filter(pk=response.pk).update(**half)


def test_who_was_not_answered_stays_in_the_figure() -> None:
    its = Reports()
    for hours in (1, 24, 25, None):
        response = its.report()
        if hours is not None:
            its.answer(response, hours)
    found = figure(its.supervisor, FigureQuery(its.setting.programme.key, "authority_response_24h", "2024"))
    assert (found.numerator, found.denominator, found.value) == (2, 4, 50.0)


@pytest.mark.parametrize(
    ("hours", "median"),
    [([1], 1.0), ([1, 2], 1.5), ([2, 1, 30], 2.0), ([1, 1.25, 2, 40], 1.63), ([], None)],
)
def test_the_median_is_of_those_who_were_answered(hours: list[float], median: float | None) -> None:
    its = Reports()
    its.report()
    for each in hours:
        its.answer(its.report(), each)
    query = FigureQuery(its.setting.programme.key, "authority_response_hours", "2024")
    found = figure(its.supervisor, query)
    assert (found.value, found.denominator, found.numerator, found.unit) == (median, len(hours), None, "median")
    if hours:
        by = figure(its.supervisor, replace(query, by=("organisation", "province"))).by
        assert [(cell.value, cell.denominator) for cell in by] == [(median, len(hours))]


def test_nobody_outside_reads_a_median_of_a_few() -> None:
    its = Reports()
    for hours in (1, 2, 3):
        its.answer(its.report(), hours)
    found = figure(PUBLIC, FigureQuery(its.setting.programme.key, "authority_response_hours", "2024"))
    assert (found.suppressed, found.value, found.denominator) == (True, None, None)


def test_pages_write_a_report_and_its_answer_and_take_it_back() -> None:
    its = Reports()
    client = its.client()
    now = timezone.localtime()
    day = {"day": str(now.day), "month": str(now.month), "year": str(now.year)}
    sent = {f"reported_on_{part}": value for part, value in day.items()}
    sent |= {"group": its.group.key, "office": "police", "reported_time": "00:00"}
    assert client.post(reverse("authority_report"), sent).status_code == 302
    address = reverse("authority_answer", args=[AuthorityResponse.objects.get().pk])
    answer = {f"acted_on_{part}": value for part, value in day.items()}
    answer |= {"acted_time": "00:00", "action": "mediated", "revision": "1"}
    assert client.post(address, answer).status_code == 302
    assert AuthorityResponse.objects.get().mediated
    assert "They mediated." in client.get(address).content.decode()
    assert client.post(address, {"take_back": "1", "revision": "2"}).status_code == 409
    client.post(reverse("authority_report"), sent)
    slip = AuthorityResponse.objects.get(acted_at__isnull=True)
    taken = client.post(reverse("authority_answer", args=[slip.pk]), {"take_back": "1", "revision": "1"})
    assert (taken.status_code, AuthorityResponse.objects.count()) == (302, 1)


def test_a_list_of_three_takes_as_many_queries_as_a_list_of_one() -> None:
    its = Reports()
    client = its.client()
    counts = []
    for _turn in range(3):
        its.report()
        its.answer(its.report(), 2)
        counts.append(queries_of(client, reverse("authority_responses")))
    assert counts == [counts[0]] * 3
