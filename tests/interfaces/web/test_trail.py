"""The audit trail as a page; first who must not read it, and what nobody reads there."""

from __future__ import annotations

import ast
import base64
import datetime as dt
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import samaki
from samaki.ground.accounts.models import RoleGrant
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.rules import Step
from samaki.interfaces.imports.models import ImportRun
from samaki.interfaces.web.acts import ACTS
from samaki.kernel.actors import Actor, Grant, Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.queries import entries
from samaki.kernel.errors import Refused
from samaki.kernel.policy import Action
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db
ADDRESS = "/audit/"
WRITERS = {"record", "_save", "_save_session", "_audit"}  # functions that are handed the key of an act
IMPORT_STEPS = {"waiting", "confirmed", "discarded", "interrupted"}
SECRET = "Neang Sokunthea"  # invented


def an_act(setting: Setting, action: str = "people.reveal", *, refused: bool = False, **scope: int) -> AuditEntry:
    return record(
        Actor(None, "sokha"),
        action,
        ("people.person", 12),
        **{"organisation_id": setting.ours.pk, "programme_id": setting.programme.pk, **scope},
        reason=f"to call {SECRET}",
        details={"name": SECRET, "code": "C-00012"},
        refused=refused,
    )


def acts(client: Client, **asked: str) -> list[str]:
    """What the page lists, each as its act and who did it."""
    answer = client.get(ADDRESS, asked)
    assert answer.status_code == 200
    listed = re.findall(r"<li>(.*?)</li>", answer.content.decode().partition("<main")[2], re.S)
    texts = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in listed]
    return [one for one in texts if "sokha" in one]


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.AUDITOR, Role.ADMINISTRATOR}])
def test_a_role_that_reads_no_trail_is_refused(role: Role) -> None:
    setting = a_setting()
    an_act(setting)
    answer = somebody(setting, role).get(ADDRESS)
    assert (answer.status_code, "Names opened" in answer.content.decode()) == (403, False)


def test_an_auditor_reads_her_programme_and_no_other() -> None:
    setting, other = a_setting(), a_setting()
    an_act(setting)
    an_act(other)
    record(System("x"), "refused", ("route", SECRET), refused=True)
    auditor = somebody(setting, Role.AUDITOR)
    assert len(acts(auditor)) == 1
    asked = auditor.get(ADDRESS, {"programme": other.programme.key})
    assert (asked.status_code, "Names opened" in asked.content.decode()) == (422, False)


def test_whoever_administers_an_organisation_reads_its_acts_in_any_programme_and_in_none() -> None:
    setting, other = a_setting(), a_setting()
    for organisation, programme_id in (
        (setting.ours, other.programme.pk),
        (setting.ours, None),
        (setting.theirs, None),
    ):
        record(
            System("x"),
            "people.add",
            ("people.person", 1),
            organisation_id=organisation.pk,
            programme_id=programme_id,
        )
    actor = Actor(1, "a", (Grant(Role.ADMINISTRATOR, setting.ours.pk, None),))
    assert entries(actor).count() == 2
    with pytest.raises(Refused):
        entries(Actor(1, "a", (Grant(Role.DONOR, setting.ours.pk, None),)))


def test_no_reason_and_no_detail_is_shown() -> None:
    setting = a_setting()
    an_act(setting)
    text = somebody(setting, Role.AUDITOR).get(ADDRESS).content.decode()
    assert ("Names opened" in text, "with a reason" in text, SECRET in text, "C-00012" in text) == (
        True,
        True,
        False,
        False,
    )


def test_the_trail_is_narrowed_by_organisation_by_day_and_to_what_was_refused() -> None:
    setting = a_setting()
    an_act(setting, "report.submit")
    an_act(setting, "report.verify", organisation_id=setting.theirs.pk)
    an_act(setting, "lock_period", refused=True)
    old = an_act(setting, "period.lock")
    AuditEntry.objects.filter(pk=old.pk).update(at=timezone.make_aware(dt.datetime(2024, 3, 5, 0, 10)))
    auditor = somebody(setting, Role.AUDITOR)
    found = {
        "all": len(acts(auditor)),
        "theirs": [one.partition(" sokha")[0][:23] for one in acts(auditor, organisation=setting.theirs.key)],
        "day": [one[:13] for one in acts(auditor, day="2024-03-05")],
        "before": acts(auditor, day="2024-03-04"),
        "refused": [one.endswith("Refused") for one in acts(auditor, refused="on")],
    }
    assert found == {
        "all": 4,
        "theirs": ["Monthly report verified"],
        "day": ["Period locked"],
        "before": [],
        "refused": [True],
    }


@pytest.mark.parametrize("asked", [{"day": "yesterday"}, {"organisation": "nobody"}, {"programme": "\x00"}])
def test_a_choice_that_is_none_is_told_and_shows_nothing(asked: dict[str, str]) -> None:
    setting = a_setting()
    an_act(setting)
    answer = somebody(setting, Role.AUDITOR).get(ADDRESS, asked)
    assert (answer.status_code, "Names opened" in answer.content.decode()) == (422, False)


@pytest.mark.parametrize("asked", [{"day": "9999-12-31"}, {"after": "²"}, {"after": "9" * 40}, {"after": "-1"}])
def test_an_odd_mark_or_day_breaks_nothing(asked: dict[str, str]) -> None:
    assert somebody(a_setting(), Role.AUDITOR).get(ADDRESS, asked).status_code == 200


def test_a_page_goes_on_where_the_last_one_ended() -> None:
    setting = a_setting()
    for _number in range(52):
        an_act(setting)
    auditor = somebody(setting, Role.AUDITOR)
    first = auditor.get(ADDRESS).content.decode()
    mark = re.search(r"\?after=([\w=%-]+)", first)
    assert mark
    assert (len(acts(auditor)), len(acts(auditor, after=unquote(mark[1])))) == (50, 2)


def test_no_mark_can_be_read_made_up_or_lent_to_count_the_acts_of_her_side_by_their_gaps() -> None:
    setting = a_setting()
    entries_made = [an_act(setting) for _number in range(52)]
    auditor, other = somebody(setting, Role.AUDITOR), somebody(setting, Role.AUDITOR)
    mark = unquote(re.findall(r"\?after=([\w=%-]+)", auditor.get(ADDRESS).content.decode())[0])
    assert str(entries_made[2].pk).encode() not in base64.urlsafe_b64decode(mark)
    for made_up in (str(entries_made[20].pk), str(entries_made[2].pk), mark[:-4], mark[4:], mark[::-1]):
        assert acts(auditor, after=made_up) == acts(auditor)
    assert acts(other, after=mark) == acts(other)


def test_the_trail_takes_as_many_queries_for_three_acts_as_for_one() -> None:
    setting, counts = a_setting(), []
    auditor = somebody(setting, Role.AUDITOR)
    for number in range(3):
        other = Organisation.objects.create(key=f"o-{number}", name_latin="O", kind="local_ngo")
        an_act(setting, organisation_id=other.pk)
        counts.append(queries_of(auditor, ADDRESS))
    assert counts[0] == counts[2]


def test_a_role_that_has_ended_reads_nothing_more() -> None:
    setting = a_setting()
    auditor = somebody(setting, Role.AUDITOR)
    RoleGrant.objects.update(until=timezone.localdate() - dt.timedelta(days=1))
    assert auditor.get(ADDRESS).status_code == 403


@pytest.mark.once
def test_every_act_that_the_code_writes_has_its_words() -> None:
    written = {action.value for action in Action} | {f"report.{step.value}" for step in Step}
    written |= {f"import.{state}" for state in IMPORT_STEPS}
    assert set(ImportRun.State.values) >= IMPORT_STEPS
    for file in Path(samaki.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in WRITERS:
                written |= {
                    one.value
                    for one in call.args[:3]
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.islower()
                }
    assert sorted(written - set(ACTS)) == []


def test_the_page_is_reached_from_more_by_those_who_may_read_it() -> None:
    setting = a_setting()
    shown = {
        role: ADDRESS in somebody(setting, role).get(reverse("more")).content.decode()
        for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.DONOR)
    }
    assert shown == {Role.AUDITOR: True, Role.ADMINISTRATOR: True, Role.PROGRAMME_OFFICER: False, Role.DONOR: False}
