"""Two years after its closure a case tells of nobody, and no figure has changed."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.retention import operations, queries
from samaki.ground.groups.models import Group
from samaki.kernel import sealed
from samaki.kernel.actors import Actor, Grant, Role
from samaki.kernel.errors import RowsInvalid
from samaki.strands.counselling import operations as cases
from samaki.strands.counselling.codes import GONE, gone_code
from samaki.strands.counselling.models import Case, CaseKey, CaseSession, Declaration, Outcome
from samaki.strands.counselling.rules import CaseRow
from samaki.strands.counselling.sealing import closed, key_of, of_session
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db
CLOSED = dt.date(2022, 5, 20)
DUE = dt.datetime(2024, 5, 20, 3, tzinfo=dt.UTC)
EARLY = dt.datetime(2024, 5, 19, 3, tzinfo=dt.UTC)


@pytest.fixture
def setting() -> Setting:
    return a_setting()


def a_closed_case(setting: Setting, code: str = "KC-7", closed_on: dt.date = CLOSED) -> Case:
    group: Group = setting.mens_group()
    case = Case.objects.create(
        programme=setting.programme,
        organisation=setting.ours,
        code=code,
        group=group,
        place=group.place,
        opened_on=dt.date(2021, 3, 9),
        state=Case.State.COUNSELLING,
    )
    Case.objects.filter(pk=case.pk).update(state=Case.State.LOST, closed_on=closed_on)
    notes = closed("his brother Sok spoke for him", key_of(case), of_session(case.pk, 1))
    CaseSession.objects.create(case=case, number=1, held_on=dt.date(2021, 3, 16), notes=notes)
    for day, value in ((dt.date(2021, 6, 2), "unchanged"), (dt.date(2021, 6, 28), "stopped")):
        Outcome.objects.create(case=case, informant="C", violence="physical", value=value, judged_on=day)
    return Case.objects.get(pk=case.pk)


def by(setting: Setting, role: Role = Role.SAFEGUARDING_FOCAL) -> Actor:
    return Actor(5, "focal", (Grant(role, setting.ours.pk, setting.programme.pk),), second_factor=True)


def test_a_case_goes_two_years_after_its_closure_and_no_day_sooner(setting: Setting) -> None:
    case = a_closed_case(setting)
    assert queries.plan(by(setting, Role.CASE_SUPERVISOR), EARLY.date()) == []
    (planned,) = queries.plan(by(setting, Role.CASE_SUPERVISOR), DUE.date())
    assert [(due.code, due.due_on) for due in planned.dues or ()] == [("KC-7", DUE.date())]
    assert [one.dues for one in queries.plan(by(setting), DUE.date())] == [None]  # how many, and no code
    (receipt,) = operations.run(by=by(setting), at=DUE)
    assert (receipt.rule, receipt.went) == ("cases", {"cases": 1, "notes": 1})
    case.refresh_from_db()
    assert (case.code, case.opened_on, case.closed_on, case.counsellor_id) == (
        gone_code(setting.programme.pk, "KC-7"),
        dt.date(2021, 3, 1),
        dt.date(2022, 5, 1),
        None,
    )
    session = CaseSession.objects.get()
    assert (bytes(session.notes), session.held_on) == (b"", dt.date(2021, 3, 1))
    assert (CaseKey.objects.count(), Declaration.objects.count()) == (0, 0)
    assert operations.run(by=by(setting), at=DUE) == []


def test_of_two_words_in_a_month_the_later_stands(setting: Setting) -> None:
    a_closed_case(setting)
    operations.run(by=by(setting), at=DUE)
    assert list(Outcome.objects.values_list("value", "judged_on")) == [("stopped", dt.date(2021, 6, 1))]


def test_his_notes_open_in_no_older_copy(setting: Setting) -> None:
    case = a_closed_case(setting)
    salt, notes = bytes(key_of(case).salt), bytes(CaseSession.objects.get().notes)
    operations.run(by=by(setting), at=DUE)
    from samaki.kernel.keyrings import erasures

    erasures.finish()
    assert not sealed.opens(salt)
    with pytest.raises(sealed.SealBroken):
        sealed.unseal(notes, salt=salt, context=of_session(case.pk, 1))


def test_an_open_case_an_example_and_another_organisations_stay(setting: Setting) -> None:
    running = a_closed_case(setting, "KC-8")
    Case.objects.filter(pk=running.pk).update(closed_on=None)
    invented = a_closed_case(setting, "KC-9")
    Case.objects.filter(pk=invented.pk).update(is_example=True)
    other = a_closed_case(setting, "KC-10")
    Case.objects.filter(pk=other.pk).update(organisation=setting.theirs)
    assert operations.run(by=by(setting), at=DUE) == []
    assert [code.startswith(GONE) for code in Case.objects.values_list("code", flat=True)] == [False] * 3


def test_an_old_register_does_not_bring_it_back(setting: Setting) -> None:
    case = a_closed_case(setting)
    operations.run(by=by(setting), at=DUE)
    supervisor = by(setting, Role.CASE_SUPERVISOR)
    row = CaseRow("KC-7", case.group_id, case.place_id, dt.date(2021, 3, 9), (), ())
    with pytest.raises(RowsInvalid) as refused:
        cases.record_cases([row], programme=setting.programme, organisation=setting.ours, by=supervisor, at=DUE)
    assert [(index, fault.code) for index, fault in refused.value.faults] == [(0, "case_let_go")]
    assert Case.objects.count() == 1
