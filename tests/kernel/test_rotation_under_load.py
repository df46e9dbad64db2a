"""Keys turn while people write and read: nothing is lost, nothing is unreadable, and a wrong key spoils nothing."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connections

from samaki.ground.people import queries
from samaki.ground.people.models import PersonIdentity
from samaki.kernel.keyrings import rotation
from samaki.kernel.keyrings.marks import WrongKeys, expect_own_keys
from samaki.kernel.keyrings.models import KeyMark
from samaki.kernel.rings import Ring, keys_of, look_again
from samaki.kernel.sealed import SealBroken
from samaki.strands.counselling.course import Marker
from samaki.strands.counselling.models import Risk
from samaki.strands.counselling.operations.work import assess_risk
from samaki.strands.counselling.queries import own_case
from tests.factories.people import SETUP, a_person, an_organisation, named
from tests.strands.counselling.casework_world import WEDNESDAY, Work

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 120.0  # seconds
RINGS = {"master": "0a" * 32, "his": "0b" * 32}


@pytest.fixture
def rings(tmp_path: Path, settings: LazySettings) -> Iterator[dict[str, Path]]:
    paths = {name: tmp_path / f"{name}.key" for name in RINGS}
    for name, path in paths.items():
        path.write_text(RINGS[name])
    settings.KEY_RINGS = {**settings.KEY_RINGS, **paths}
    KeyMark.objects.all().delete()
    look_again()
    yield paths
    look_again()


def until(stop: threading.Event, act: Callable[[int], object], faults: list[BaseException]) -> threading.Thread:
    """Acts over and over in a thread of its own, and keeps what went wrong."""

    def run() -> None:
        turn = 0
        try:
            while not stop.is_set():
                act(turn)
                turn += 1
        except BaseException as fault:  # told by the test
            faults.append(fault)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_names_are_written_and_read_while_the_ring_turns_twice(rings: dict[str, Path]) -> None:
    ours = an_organisation()
    wrote: dict[int, str] = {a_person(ours, named(latin="Sok First")).pk: "First"}
    stop, faults = threading.Event(), list[BaseException]()

    def write(turn: int) -> None:
        person = a_person(ours, named(latin=f"Sok Turn{turn}"))
        wrote[person.pk] = f"Turn{turn}"

    def read(turn: int) -> None:
        pk = list(wrote)[turn % len(wrote)]
        assert queries.reveal(SETUP, pk, "load").given_latin == wrote[pk]

    threads = [until(stop, write, faults), until(stop, read, faults)]
    turned = [rotation.rotate(Ring.RECORDS) for _turn in range(2)]
    stop.set()
    for thread in threads:
        thread.join(SOON)
    rotation.reseal(Ring.RECORDS)
    assert faults == []
    assert min(turned) >= 1
    assert {bytes(one.sealed)[0] for one in PersonIdentity.objects.all()} == {3}
    assert rotation.retire(Ring.RECORDS) == [2]
    assert {pk: queries.reveal(SETUP, pk, "after").given_latin for pk in wrote} == wrote
    assert PersonIdentity.objects.count() == len(wrote)


def test_what_is_sealed_in_his_file_is_written_and_read_while_the_ring_turns(rings: dict[str, Path]) -> None:
    its = Work()
    case = its.counselled()
    stop, faults, wrote = threading.Event(), list[BaseException](), list[int]()

    def write(turn: int) -> None:
        made = assess_risk(
            case=case,
            moment=Risk.Moment.CLOSURE,
            markers=(Marker.WEAPON,),
            after_id=None,
            by=its.counsellor,
            at=WEDNESDAY + dt.timedelta(seconds=turn),
        )
        wrote.append(made.pk)

    threads = [
        until(stop, write, faults),
        until(stop, lambda _turn: own_case(its.counsellor, case.pk, at=WEDNESDAY), faults),
    ]
    rotation.rotate(Ring.HIS)
    stop.set()
    for thread in threads:
        thread.join(SOON)
    rotation.reseal(Ring.HIS)
    assert faults == []
    told = {one.id: one.markers for one in own_case(its.counsellor, case.pk, at=WEDNESDAY).risks}
    assert wrote != []
    assert {pk: told[pk] for pk in wrote} == dict.fromkeys(wrote, (Marker.WEAPON,))
    sealing = keys_of(Ring.HIS).sealing
    assert {bytes(one.markers)[0] for one in Risk.objects.exclude(markers=b"")} == {sealing}


def test_a_wrong_key_refuses_loudly_and_spoils_nothing(rings: dict[str, Path]) -> None:
    person = a_person()
    expect_own_keys()
    before = list(PersonIdentity.objects.values_list("pk", "sealed"))
    right = rings["master"].read_text()
    rings["master"].write_text("0c" * 32)
    look_again()
    with pytest.raises(WrongKeys, match="key 1"):
        expect_own_keys()
    with pytest.raises(SealBroken):
        queries.reveal(SETUP, person.pk, "wrong key")
    with pytest.raises((WrongKeys, SealBroken)):
        rotation.rotate(Ring.RECORDS)
    assert [(pk, bytes(text)) for pk, text in PersonIdentity.objects.values_list("pk", "sealed")] == [
        (pk, bytes(text)) for pk, text in before
    ]
    rings["master"].write_text(right)
    look_again()
    expect_own_keys()
    assert queries.reveal(SETUP, person.pk, "right again").family_latin != ""


def test_two_who_turn_the_same_ring_at_once_overwrite_no_key(rings: dict[str, Path]) -> None:
    """The key of the one overwritten would be lost with all that was sealed by it meanwhile."""
    person = a_person()
    expect_own_keys()
    ready, faults = threading.Barrier(4), list[BaseException]()

    def turn() -> None:
        try:
            ready.wait(SOON)
            rotation.rotate(Ring.RECORDS)
        except BaseException as fault:  # told by the test
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=turn) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert (faults, len(rings["master"].read_text().split())) == ([], 5)
    expect_own_keys()
    assert queries.reveal(SETUP, person.pk, "after").family_latin != ""
