"""Runs of the web: received sealed, checked, confirmed, saved; interrupted and run again; unseen by others."""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.accounts.queries import actor_of
from samaki.interfaces.imports import queries, runs
from samaki.interfaces.imports.abandoned import KEPT_FOR, forget_abandoned
from samaki.interfaces.imports.models import ImportMapping, ImportRun
from samaki.interfaces.imports.storage import kept_file
from samaki.interfaces.web import second_factor
from samaki.kernel.actors import Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, NotFound
from samaki.strands.outreach.models import OutreachTally
from tests.interfaces.imports.conftest import AT, TALLY_HEAD, World, separated, tally, workbook

GOOD = (TALLY_HEAD, ("040601", dt.date(2024, 1, 1), dt.date(2024, 1, 31), 12))


@pytest.fixture(autouse=True)
def _files_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)


def a_user(world: World, name: str, role: Role, organisation: object = None) -> User:
    user = User.objects.create(username=name, language="en")
    RoleGrant.objects.create(
        user=user,
        role=role,
        organisation=organisation or world.ours,
        programme_id=world.programme.pk,  # type: ignore[misc]  # an organisation
    )
    return user


def acting(user: User) -> Actor:
    return actor_of(user, on=AT.date(), second_factor=True)


@pytest.fixture
def me(world: World) -> Actor:
    return acting(a_user(world, "me", Role.PARTNER_ME))


def receive(by: Actor, content: bytes, kind: str = "tallies") -> ImportRun:
    return runs.receive(kind, content, name="contacts.xlsx", by=by, at=AT)


def test_a_file_is_checked_first_and_saved_only_when_confirmed(world: World, me: Actor) -> None:
    taken = receive(me, workbook(GOOD))
    assert (taken.state, taken.created, OutreachTally.objects.count()) == ("checked", 1, 0)
    runs.confirm(taken, by=me, at=AT)
    taken.refresh_from_db()
    assert (taken.state, taken.created, OutreachTally.objects.get().origin) == ("saved", 1, f"import:{taken.pk}")


def test_the_file_lies_sealed_and_is_gone_with_its_key_once_saved(world: World, me: Actor, tmp_path: Path) -> None:
    content = separated([TALLY_HEAD, ("Andoung Snay", "2024-01-01", "2024-01-31", 12)])
    taken = receive(me, content)
    [path] = list((tmp_path / "imports").iterdir())
    assert (kept_file(taken) == content, b"Andoung" in path.read_bytes(), path.stat().st_mode & 0o077) == (
        True,
        False,
        0,
    )
    runs.confirm(taken, by=me, at=AT)
    taken.refresh_from_db()
    assert (taken.salt, list((tmp_path / "imports").iterdir())) == (None, [])
    with pytest.raises(Conflict):
        kept_file(taken)


def test_a_discarded_file_is_gone_with_its_key(world: World, me: Actor, tmp_path: Path) -> None:
    taken = runs.discard(receive(me, workbook(GOOD)), by=me, at=AT)
    assert (taken.state, taken.salt, list((tmp_path / "imports").iterdir())) == ("discarded", None, [])


def test_names_stand_neither_in_the_database_nor_in_the_name_of_the_file(world: World, me: Actor) -> None:
    content = separated([("Name", "Gender", "Phone"), ("សុខ រតនៈ", "??", "012 345 678")])
    taken = runs.receive("roster", content, name="list of Sok.xlsx", by=me, at=AT)
    assert (taken.state, taken.file_name) == ("faulty", "")
    assert b"??" not in bytes(taken.faults_sealed or b"")
    assert [(fault.value, fault.code) for fault in queries.faults(taken)] == [("??", "not_an_answer")]


def test_faults_are_kept_in_both_languages(world: World, me: Actor) -> None:
    taken = receive(me, workbook([TALLY_HEAD, tally(contacts=-3)]))
    told = []
    for language in ("en", "km"):
        with translation.override(language):
            told.append(queries.faults(taken)[0].what)
    assert told[0] == "A count cannot be below 0."
    assert told[1] != told[0]


def test_matched_columns_are_remembered_and_the_file_checked_again(world: World, me: Actor) -> None:
    odd = separated([("Where", "From", "Until", "Reached"), ("040601", "5/3/2024", "9/3/2024", 12)])
    taken = receive(me, odd)
    assert taken.state == "faulty"
    headings = {"Where": "commune", "From": "since", "Until": "until", "Reached": "contacts"}
    runs.answer(taken, headings=headings, day_first=True, corrections=False, by=me, at=AT)
    assert (taken.state, ImportMapping.objects.get().day_first) == ("checked", True)
    assert receive(me, odd).state == "checked"


def test_a_run_whose_worker_died_is_interrupted_and_can_be_run_again(world: World, me: Actor) -> None:
    taken = receive(me, workbook(GOOD))
    ImportRun.objects.filter(pk=taken.pk).update(state="saving", beat_at=AT)
    taken.refresh_from_db()
    assert runs.note_interrupted(taken, now=AT + dt.timedelta(seconds=30)).state == "saving"
    assert runs.note_interrupted(taken, now=AT + dt.timedelta(minutes=5)).state == "interrupted"
    assert OutreachTally.objects.count() == 0
    assert runs.again(taken, by=me, at=AT).state == "checked"
    assert runs.confirm(taken, by=me, at=AT).state == "saved"


def test_a_file_nobody_comes_back_to_is_gone_with_its_key_when_the_next_one_is_sent(
    world: World, me: Actor, tmp_path: Path
) -> None:
    left, recent = receive(me, workbook(GOOD)), receive(me, workbook(GOOD))
    ImportRun.objects.filter(pk=left.pk).update(beat_at=AT - dt.timedelta(days=15))
    unclaimed = tmp_path / "imports" / "987654.sealed"
    unclaimed.write_bytes(b"sealed for a run that was never made")
    os.utime(unclaimed, (0, 0))
    new = receive(me, workbook(GOOD))
    left.refresh_from_db()
    assert (left.state, left.salt, left.faults_sealed, left.ended_at) == ("discarded", None, None, AT)
    assert {path.stem for path in (tmp_path / "imports").iterdir()} == {str(recent.pk), str(new.pk)}
    entry = AuditEntry.objects.get(action="import.forgotten")
    assert (entry.object_id, entry.actor_id, entry.organisation_id) == (str(left.pk), None, world.ours.pk)
    with pytest.raises(Conflict):
        runs.confirm(left, by=me, at=AT)


def test_a_file_last_touched_within_the_time_stays(world: World, me: Actor) -> None:
    kept = receive(me, workbook(GOOD))
    ImportRun.objects.filter(pk=kept.pk).update(begun_at=AT - dt.timedelta(days=30), beat_at=AT)
    assert forget_abandoned(now=AT + KEPT_FOR) == 0
    assert forget_abandoned(now=AT + KEPT_FOR + dt.timedelta(seconds=1)) == 1


def test_a_sheet_that_was_not_read_is_named_before_anything_is_saved(world: World) -> None:
    user = a_user(world, "me", Role.PARTNER_ME)
    taken = receive(acting(user), workbook(("January", GOOD), ("Sheet two", [("Dear all", "x")])))
    shown = a_client(user).get(f"/imports/{taken.pk}/").content.decode()
    assert (taken.state, "The sheet “Sheet two” was not read" in shown) == ("checked", True)


def test_working_twice_on_one_run_saves_once(world: World, me: Actor) -> None:
    taken = receive(me, workbook(GOOD))
    runs.confirm(taken, by=me, at=AT)
    runs.work(taken.pk)
    assert (OutreachTally.objects.count(), ImportRun.objects.get().state) == (1, "saved")
    with pytest.raises(Conflict):
        runs.confirm(taken, by=me, at=AT)


def test_a_larger_file_waits_for_the_worker_and_is_then_checked(
    world: World, me: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "SMALL", 10)
    taken = receive(me, workbook(GOOD))
    assert taken.state == "waiting"
    runs.work(taken.pk)
    taken.refresh_from_db()
    assert taken.state == "checked"


def test_a_role_taken_back_meanwhile_keeps_the_file_from_being_saved(world: World) -> None:
    user = a_user(world, "leaving", Role.PARTNER_ME)
    taken = receive(acting(user), workbook(GOOD))
    RoleGrant.objects.filter(user=user).update(until=dt.date(2020, 1, 1))
    ImportRun.objects.filter(pk=taken.pk).update(state="confirmed")
    runs.work(taken.pk)
    taken.refresh_from_db()
    assert (taken.state, OutreachTally.objects.count()) == ("faulty", 0)


def test_a_user_of_another_organisation_sees_no_run_no_file_and_no_mapping(world: World, me: Actor) -> None:
    taken = receive(me, workbook([("Where", "From", "Until", "Contacts"), tally()]))
    stranger = acting(a_user(world, "stranger", Role.PARTNER_ME, world.theirs))
    assert list(queries.runs(stranger)) == []
    with pytest.raises(NotFound):
        queries.import_run(stranger, taken.pk)


def a_client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[second_factor.PROVED] = user.pk
    session.save()
    return client


@pytest.mark.parametrize("path", ["", "columns/", "wrong-rows.xlsx"])
def test_no_page_of_a_run_opens_for_another_organisation_or_a_donor(world: World, me: Actor, path: str) -> None:
    taken = receive(me, workbook([TALLY_HEAD, tally(contacts=-1)]))
    for number, (role, organisation) in enumerate(((Role.PARTNER_ME, world.theirs), (Role.DONOR, world.ours))):
        client = a_client(a_user(world, f"other-{number}", role, organisation))
        assert client.get(f"/imports/{taken.pk}/{path}").status_code == 404
        for step in ("save", "again", "discard"):
            assert client.post(f"/imports/{taken.pk}/{step}/").status_code == 404
    assert a_client(User.objects.get(username="me")).get(f"/imports/{taken.pk}/{path}").status_code == 200
    taken.refresh_from_db()
    assert taken.state == "faulty"


def test_who_may_take_nothing_in_is_refused_the_pages(world: World) -> None:
    client = a_client(a_user(world, "donor", Role.DONOR))
    assert [client.get(path).status_code for path in ("/imports/", "/imports/send/tallies/")] == [403, 403]
    assert Client().get("/imports/").status_code == 302


def test_the_whole_way_through_the_pages(world: World) -> None:
    client = a_client(a_user(world, "me", Role.PARTNER_ME))
    assert client.get("/imports/").status_code == 200
    file = io.BytesIO(workbook([TALLY_HEAD, tally(), tally("Prey Vengand")]))
    file.name = "contacts.xlsx"
    sent = client.post("/imports/send/tallies/", {"where": "mens/ours", "file": file})
    assert sent.status_code == 302
    told = client.get(sent["Location"]).content.decode()
    assert ("Prey Vengand" in told, "Prey Veng (14)" in told) == (True, True)
    wrong = client.get(f"{sent['Location']}wrong-rows.xlsx")
    assert wrong["Content-Disposition"].startswith("attachment")
    mended = io.BytesIO(workbook([TALLY_HEAD, tally(), tally("Baray")]))
    mended.name = "contacts.xlsx"
    sent = client.post("/imports/send/tallies/", {"where": "mens/ours", "file": mended})
    assert client.post(f"{sent['Location']}save/").status_code == 302
    assert OutreachTally.objects.count() == 2
    assert client.post(f"{sent['Location']}save/").status_code == 409


def test_a_file_of_the_page_stays_within_the_limit_and_needs_its_form(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = a_user(world, "me", Role.PARTNER_ME)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post("/imports/send/tallies/", {"where": "mens/ours"}).status_code == 403
    monkeypatch.setattr("samaki.interfaces.imports.runs.MOST_BYTES", 1_000)
    file = io.BytesIO(b"x" * 5_000)
    file.name = "contacts.csv"
    assert a_client(user).post("/imports/send/tallies/", {"where": "mens/ours", "file": file}).status_code == 422
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_shows_each_run_once(world: World, me: Actor, number: int) -> None:
    for _turn in range(number):
        receive(me, workbook(GOOD))
    page = a_client(User.objects.get(username="me")).get("/imports/").content.decode()
    assert page.count("contacts.xlsx") == number


def test_the_query_count_of_the_list_does_not_grow_with_the_runs(world: World, me: Actor) -> None:
    client = a_client(User.objects.get(username="me"))
    client.get("/imports/")
    asked = []
    for _turn in range(2):
        receive(me, workbook(GOOD))
        receive(me, workbook(GOOD))
        with CaptureQueriesContext(connection) as counted:
            client.get("/imports/")
        asked.append(len(counted))
    assert asked[0] == asked[1]
