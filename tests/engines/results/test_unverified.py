"""Beside a figure: how many of its records came from the field and have not been verified. First who must not see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.operations.parcels import Parcel
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.engines.fieldforms.operations.reviewing import return_submission, verify_submission
from samaki.engines.results import unverified
from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure, figures
from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Session
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import PUBLIC, Actor, Grant, Role, System
from samaki.kernel.figures import Figure, FigureQuery, as_json
from samaki.strands.outreach.models import OutreachTally
from tests.factories.fieldforms import a_form, xml
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db
AT = dt.datetime(2024, 6, 15, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def setting(db: None) -> Setting:
    load_catalogue(by=System("tests"))
    found = a_setting()
    a_form(found.programme)
    return found


def sent(setting: Setting, organisation: Organisation | None = None, **said: str) -> Submission:
    ours = organisation or setting.ours
    user = User.objects.get_or_create(username="sender")[0]
    actor = Actor(user.pk, "sender", (Grant(Role.FACILITATOR, ours.pk, setting.programme.pk),))
    return Submission.objects.get(pk=receive(Parcel(setting.programme.pk, ours.pk, actor, xml(**said)), at=AT).number)


def verifier(setting: Setting) -> Actor:
    user = User.objects.get_or_create(username="verifier")[0]
    grant = Grant(Role.PARTNER_ME, setting.ours.pk, setting.programme.pk)
    return Actor(user.pk, "verifier", (grant,), second_factor=True)


def a_session_of(setting: Setting, submission: Submission, people: int) -> None:
    organisation = submission.organisation
    session = setting.session(*setting.people(people, organisation=organisation), organisation=organisation)
    Session.objects.filter(pk=session.pk).update(origin=submission.origin)


def ask(setting: Setting, actor: Actor | None = None, indicator: str = "attendances", **asked: object) -> Figure:
    query = FigureQuery(setting.programme.key, indicator, **asked)  # type: ignore[arg-type]  # those of FigureQuery
    return figure(actor or setting.officer(), query)


def test_nobody_outside_is_told_and_a_partner_is_told_of_her_own(setting: Setting) -> None:
    a_session_of(setting, sent(setting), 12)
    a_session_of(setting, sent(setting, setting.theirs), 15)
    public = ask(setting, PUBLIC)
    assert (public.value, public.unverified, "unverified" in as_json(public)) == (27, None, False)
    assert (ask(setting).unverified, ask(setting, setting.partner()).unverified) == (27, 12)


def test_only_what_came_from_the_field_and_waits_is_counted(setting: Setting) -> None:
    setting.session(*setting.people(4))
    first, second = sent(setting, instance="uuid:1"), sent(setting, instance="uuid:2")
    a_session_of(setting, first, 3)
    a_session_of(setting, second, 2)
    assert (ask(setting).value, ask(setting).unverified, as_json(ask(setting))["unverified"]) == (9, 5, 5)
    verify_submission(submission=first, by=verifier(setting), at=AT)
    assert ask(setting).unverified == 2
    return_submission(submission=second, reason="Which day?", by=verifier(setting), at=AT)
    sent(setting, instance="uuid:3", corrects="uuid:2")
    assert ask(setting).unverified == 2
    verify_submission(submission=Submission.objects.latest("pk"), by=verifier(setting), at=AT)
    assert ask(setting).unverified == 0


def test_records_outside_the_question_are_left_out(setting: Setting) -> None:
    a_session_of(setting, sent(setting), 3)
    assert (ask(setting, period="2008").unverified, ask(setting, period="2009").unverified) == (3, 0)
    assert ask(setting, by=("gender",)).unverified == 3
    assert ask(setting, indicator="participants").unverified == 3


def test_counts_of_contacts_are_records_by_their_own_origin(setting: Setting) -> None:
    setting.contacts(100)
    OutreachTally.objects.update(origin=sent(setting).origin)
    assert (
        ask(setting, indicator="outreach_contacts").value,
        ask(setting, indicator="outreach_contacts").unverified,
    ) == (
        100,
        1,
    )


def test_where_more_wait_than_are_looked_at_it_is_told_as_at_least(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unverified, "AT_MOST", 1)
    a_session_of(setting, sent(setting), 3)
    assert (ask(setting).unverified, ask(setting).unverified_at_least) == (3, False)
    a_session_of(setting, sent(setting), 2)
    found = ask(setting)
    assert (found.unverified, found.unverified_at_least, as_json(found)["unverified_at_least"]) == (2, True, True)


def test_it_costs_as_many_queries_however_many_wait_and_is_not_asked_of_many_figures(setting: Setting) -> None:
    spent = []
    for _round in range(2):
        for _one in range(3):
            a_session_of(setting, sent(setting), 2)
        ask(setting)
        with CaptureQueriesContext(connection) as captured:
            ask(setting)
        spent.append((len(captured), asked_of_submissions(captured)))
    with CaptureQueriesContext(connection) as without:
        (many,) = figures(setting.officer(), [FigureQuery(setting.programme.key, "attendances")])
    assert (spent[0], spent[0][1]) == (spent[1], 1)
    assert (many.unverified, asked_of_submissions(without)) == (None, 0)


def asked_of_submissions(captured: CaptureQueriesContext) -> int:
    return sum(Submission._meta.db_table in query["sql"] for query in captured)
