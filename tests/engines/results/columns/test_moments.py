"""Every process and thread answers at one committed moment, whoever writes meanwhile."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from samaki.engines.results.columns import Question, answer, at_one_moment, changes, reading
from samaki.engines.results.columns.models import Change
from samaki.engines.results.columns.store import Store
from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.people.models import Person
from samaki.kernel.database import read_snapshot

from .recount import Recount
from .test_recount import a_question, check, told
from .world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return World(Random(5))


def a_session(world: World) -> Session:
    day = dt.date(2023, 5, 5)
    activity = Activity.objects.create(
        key=f"a-{Activity.objects.count()}",
        programme=world.programme,
        organisation=world.organisations[0],
        kind=Activity.Kind.TRAINING,
        title_km="ក",
        title_en="a",
        starts_on=day,
        ends_on=day,
    )
    return Session.objects.create(activity=activity, held_on=day, attendance=Session.Attendance.NAMED)


def someone(world: World) -> Person:
    return Person.objects.create(organisation=world.organisations[0])


def came(session: Session, person: Person) -> Attendance:
    return Attendance.objects.create(session=session, person=person)


def participants(world: World) -> int:
    return answer([Question("attendance", "unique", world.programme.pk)])[0].total


def in_a_thread(work: Callable[[], None]) -> threading.Thread:
    """Starts it on a database connection of its own, closed at the end."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time everything was read anew."""
    seen: list[int] = []
    load = Store.loaded

    def counted() -> Store:
        seen.append(1)
        return load()

    monkeypatch.setattr(Store, "loaded", counted)
    return seen


def test_a_saved_record_is_in_the_next_figure_without_reading_everything_again(world: World, loads: list[int]) -> None:
    session = a_session(world)
    assert participants(world) == 0
    loads.clear()
    came(session, someone(world))
    assert participants(world) == 1
    assert loads == []


def test_a_transaction_counts_its_own_records_and_leaves_none_behind_when_undone(world: World) -> None:
    session = a_session(world)
    came(session, someone(world))
    assert participants(world) == 1
    with transaction.atomic():
        came(session, someone(world))
        assert participants(world) == 2
        transaction.set_rollback(True)
    assert participants(world) == 1
    came(session, someone(world))
    assert participants(world) == 2


def test_a_transaction_undone_to_a_savepoint_counts_what_is_left(world: World) -> None:
    session = a_session(world)
    participants(world)
    with transaction.atomic():
        came(session, someone(world))
        with transaction.atomic():
            came(session, someone(world))
            assert participants(world) == 2
            transaction.set_rollback(True)
        assert participants(world) == 1
    assert participants(world) == 1


def test_other_threads_do_not_see_what_a_transaction_has_not_committed(world: World) -> None:
    session = a_session(world)
    participants(world)
    seen: list[int] = []
    with transaction.atomic():
        came(session, someone(world))
        assert participants(world) == 1
        in_a_thread(lambda: seen.append(participants(world))).join()
    in_a_thread(lambda: seen.append(participants(world))).join()
    assert seen == [0, 1]


def test_the_moment_holds_while_others_write(world: World) -> None:
    session = a_session(world)
    came(session, someone(world))
    person = someone(world)
    with at_one_moment():
        assert participants(world) == 1
        in_a_thread(lambda: came(session, person) and None).join()
        assert (participants(world), Attendance.objects.count()) == (1, 1)
    assert participants(world) == 2


def test_a_snapshot_opened_before_another_thread_went_on_answers_its_own_moment(world: World) -> None:
    session = a_session(world)
    came(session, someone(world))
    person = someone(world)
    with read_snapshot():
        assert Attendance.objects.count() == 1
        seen: list[int] = []

        def write_and_count() -> None:
            came(session, person)
            seen.append(participants(world))

        in_a_thread(write_and_count).join()
        assert (seen, participants(world)) == ([2], 1)
    assert participants(world) == 2


def test_two_processes_agree(world: World) -> None:
    session = a_session(world)
    came(session, someone(world))
    assert participants(world) == 1
    settings = connection.settings_dict
    program = f"""
import django, os
from django.conf import settings
from tests import settings as s
s.DATABASES["default"]["NAME"] = {settings["NAME"]!r}
django.setup()
from samaki.ground.activities.models import Attendance
from samaki.ground.people.models import Person
from samaki.engines.results.columns import Question, answer
person = Person.objects.create(organisation_id={world.organisations[0].pk})
Attendance.objects.create(session_id={session.pk}, person=person)
print(answer([Question("attendance", "unique", {world.programme.pk})])[0].total)
"""
    environment = _of_this_run()
    told_there = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert told_there.stdout.strip() == "2", told_there.stderr
    assert participants(world) == 2


def _of_this_run() -> dict[str, str]:
    """Variables that bring a child process to this run's database: as a worker it inherits what was chosen."""
    folder = Path(os.environ["SAMAKI_DATA"])
    mine = {
        "PYTEST_XDIST_WORKER": folder.name,
        "SAMAKI_DATA": str(folder.parent),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    return {**os.environ, **mine}


def test_commits_out_of_order_are_all_counted(world: World) -> None:
    """PostgreSQL lets the transaction that began first commit last; a read between them must not skip it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    session = a_session(world)
    people = [someone(world) for _ in range(2)]
    participants(world)
    wrote, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            came(session, people[0])
            wrote.set()
            go_on.wait(30)

    thread = in_a_thread(slow)
    wrote.wait(30)
    came(session, people[1])
    assert participants(world) == 1
    go_on.set()
    thread.join()
    assert participants(world) == 2


def test_figures_stay_right_while_four_threads_write_and_undo(world: World) -> None:
    sessions = [a_session(world) for _ in range(4)]
    questions = [a_question(Random(n), world) for n in range(6)]
    questions.append(Question("attendance", "unique", world.programme.pk, by=("gender", "month")))
    faults: list[str] = []

    def write(number: int) -> None:
        random = Random(number)
        for _ in range(12):
            with transaction.atomic():
                person = someone(world)
                came(sessions[number], person)
                if random.random() < 0.3:
                    Attendance.objects.filter(session=sessions[number]).order_by("pk")[0].delete()
                if random.random() < 0.3:
                    transaction.set_rollback(True)

    threads = [in_a_thread(lambda number=number: write(number)) for number in range(4)]  # type: ignore[misc]
    for _ in range(12):
        with at_one_moment():
            for question, found in zip(questions, answer(questions), strict=True):
                if told(found) != told(Recount(question).answer()):
                    faults.append(f"{question}")
    for thread in threads:
        thread.join()
    assert faults == []
    check(questions)


def test_a_process_whose_changes_were_pruned_reads_everything_anew(world: World, loads: list[int]) -> None:
    session = a_session(world)
    participants(world)
    for _ in range(3):
        came(session, someone(world))
    while changes.prune(keep=1):
        pass
    kept = Change.objects.count()
    loads.clear()
    assert (participants(world), kept <= 2, len(loads)) == (3, True, 1)


def test_pruning_what_a_process_has_seen_costs_it_nothing(world: World, loads: list[int]) -> None:
    session = a_session(world)
    came(session, someone(world))
    assert participants(world) == 1
    while changes.prune(keep=1):
        pass
    loads.clear()
    came(session, someone(world))
    assert (participants(world), loads) == (2, [])


def test_readers_keep_the_log_of_changes_short(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session = a_session(world)
    participants(world)
    monkeypatch.setattr(changes, "PRUNE_EVERY", 4)
    monkeypatch.setattr(changes, "KEEP", 3)
    for _ in range(6):
        came(session, someone(world))
        participants(world)
    assert (participants(world), Change.objects.count() < 12) == (6, True)


def test_many_rows_at_once_are_counted(world: World) -> None:
    session = a_session(world)
    participants(world)
    people = Person.objects.bulk_create([Person(organisation=world.organisations[0]) for _ in range(21_000)])
    Attendance.objects.bulk_create([Attendance(session=session, person=person) for person in people])
    assert participants(world) == 21_000
    Attendance.objects.filter(person__in=people[:20_500]).delete()
    assert participants(world) == 500


def test_emptied_tables_count_nothing(world: World) -> None:
    came(a_session(world), someone(world))
    assert participants(world) == 1
    call_command("flush", verbosity=0, interactive=False)
    assert participants(world) == 0


def test_a_log_that_began_anew_is_followed_again_and_not_read_whole_for_ever(world: World) -> None:
    session = a_session(world)
    participants(world)
    kept = reading._process._moment
    assert kept is not None
    reading._process._moment = changes.Moment(kept.number + 1_000_000, kept.mark)
    assert participants(world) == 0
    assert reading._process._moment.number < kept.number + 1_000_000
    came(session, someone(world))
    assert participants(world) == 1


def test_a_failure_while_reading_changes_makes_the_next_read_start_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = a_session(world)
    participants(world)
    came(session, someone(world))

    class Interrupted(Exception):
        pass

    def interrupted(self: Store, changed: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(Store, "patch", interrupted)
        with pytest.raises(Interrupted):
            participants(world)
    assert participants(world) == 1
    assert reading._process._open is None
