"""What was said of who was rejected goes after a year; a bar, and what was alleged, stays whoever withdraws."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.retention import operations as retention
from samaki.ground.people.operations import withdraw
from samaki.kernel.actors import Actor, Grant, Role, System
from samaki.strands.vetting import operations
from samaki.strands.vetting.models import Bar, BarDigest, Candidacy, CandidacyKey, Step
from samaki.strands.vetting.queries.words import words
from samaki.strands.vetting.rules import StepKind
from samaki.strands.vetting.sealing import of_bar, opened
from tests.strands.vetting.test_operations import AT, DAY, Vetting

pytestmark = pytest.mark.django_db
A_YEAR_LATER = dt.datetime(2025, 5, 20, 3, tzinfo=dt.UTC)
SETUP = System("a test lets go")


def rejected(vetting: Vetting) -> Candidacy:
    candidacy = vetting.apply()
    for kind in StepKind:
        for _turn in range(2 if kind is StepKind.REFERENCE else 1):
            vetting.step(candidacy, kind, words="Sok Dara's aunt said so")
    candidacy = Candidacy.objects.get(pk=candidacy.pk)
    vetting.decide(candidacy, vetting.focal, approves=False)
    vetting.decide(candidacy, vetting.supervisor, approves=False)
    return Candidacy.objects.get(pk=candidacy.pk)


def said(candidacy: Candidacy) -> int:
    return Step.objects.filter(candidacy=candidacy).exclude(words=b"").count()


def run(vetting: Vetting, at: dt.datetime) -> list[dict[str, int]]:
    setting = vetting.setting
    focal = Actor(5, "f", (Grant(Role.SAFEGUARDING_FOCAL, setting.ours.pk, setting.programme.pk),), second_factor=True)
    return [receipt.went for receipt in retention.run(by=focal, at=at)]


def test_the_reasons_of_a_rejection_go_a_year_later_and_that_it_was_one_stays() -> None:
    vetting = Vetting()
    candidacy = rejected(vetting)
    assert (candidacy.state, said(candidacy)) == ("rejected", 7)
    assert run(vetting, A_YEAR_LATER - dt.timedelta(1)) == []
    assert run(vetting, A_YEAR_LATER) == [{"candidacies": 1, "reasons": 7}]
    candidacy.refresh_from_db()
    assert (candidacy.state, said(candidacy), CandidacyKey.objects.count()) == ("rejected", 0, 0)
    _one, left = words(vetting.focal, candidacy.pk, reason="an appeal", at=A_YEAR_LATER)
    assert {one.words for one in left} == {""}
    assert run(vetting, A_YEAR_LATER) == []


def test_a_bar_keeps_its_reason_and_its_mark_although_he_withdraws() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    made = operations.bar(candidacy=candidacy, reason="what he did", by=vetting.focal, at=AT)
    marks = BarDigest.objects.count()
    withdraw(vetting.person.pk, by=SETUP, at=AT)
    kept = Bar.objects.get(pk=made.pk)
    context = of_bar(vetting.setting.ours.pk, DAY.replace(day=20))
    assert opened(kept.reason, kept.salt, context) == "what he did"
    assert (BarDigest.objects.count(), marks > 0) == (marks, True)
    assert run(vetting, A_YEAR_LATER) == []


def test_what_was_said_of_a_member_who_withdraws_goes_with_her_name() -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    vetting.step(candidacy, StepKind.SELF_DECLARATION, words="I, Sok Dara")
    assert said(candidacy) == 1
    withdraw(vetting.person.pk, by=SETUP, at=AT)
    assert (said(candidacy), CandidacyKey.objects.count()) == (0, 0)


def test_what_was_alleged_of_a_member_stays_although_he_withdraws() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    operations.allege(
        candidacy=candidacy, received_on=DAY, is_credible=True, words="he hit her", by=vetting.focal, at=AT
    )
    withdraw(vetting.person.pk, by=SETUP, at=AT)
    assert [bool(one.words) for one in candidacy.allegations.all()] == [True]
