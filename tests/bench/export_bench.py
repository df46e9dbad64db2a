"""A form of 5,000 submissions (or as many as said) with 20 people each, out as zipped CSV, beside csv and zip alone.

    python -m tests.bench.export_bench [submissions]

A data folder of its own is made and removed; SAMAKI_DATABASE chooses PostgreSQL. The floor writes the same cells from
memory with csv and zip and nothing else. Times are of this run: quote ratios.
"""

from __future__ import annotations

import atexit
import csv
import io
import os
import resource
import shutil
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator

PEOPLE = 20
GENDERS = ("woman", "man", "another_term", "prefers_not_to_say")


def main(submissions: str = "5000") -> None:
    count = int(submissions)
    folder = tempfile.mkdtemp(prefix="samaki-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["SAMAKI_DATA"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samaki.project.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from samaki.engines.fieldforms.answers_of_forms import readable, rows
    from samaki.engines.fieldforms.exports import as_zipped_csv
    from samaki.kernel.actors import System

    call_command("migrate", verbosity=0)
    form = _filled(count)
    print(f"{count:,} submissions, {count * PEOPLE:,} rows of people, on {connection.vendor}")
    actor = System("bench")
    list(as_zipped_csv(actor, _filled(100)))  # what is loaded once is loaded
    before = _memory()
    watch = _Watch()
    began, worked = time.perf_counter(), time.process_time()
    stream = as_zipped_csv(actor, form)
    first, size = 0.0, 0
    for block in stream:
        if block and not size:
            first = time.perf_counter() - began
        size += len(block)
    seconds, own = time.perf_counter() - began, time.process_time() - worked
    extra = watch.peak() - before
    floor, floor_own = _floor(count)
    print(f"zipped CSV    {seconds:6.2f} s, of which at work {own:6.2f} s; first byte {first * 1000:.0f} ms")
    print(f"              {size / 1e6:.1f} MB, {extra:.0f} MB of memory more")
    print(f"csv and zip   {floor:6.2f} s, of which at work {floor_own:6.2f} s: {own / floor_own:.1f} ×")
    found = readable(actor, form)
    for part in (0.0, 0.5, 0.98):
        after = form.submissions.order_by("pk")[int(count * part)].pk - 1
        times = []
        for _again in range(5):
            began = time.perf_counter()
            page = list(rows(found, form, after=after, limit=1_000))
            times.append(time.perf_counter() - began)
        print(f"page of {len(page):,} submissions at {part:4.0%}  {sorted(times)[2] * 1000:6.1f} ms")


def _filled(count: int):  # type: ignore[no-untyped-def]  # its model is known after setup
    import hashlib

    from django.utils import timezone

    from samaki.engines.fieldforms.models import Form, FormVersion, Submission
    from samaki.engines.fieldforms.opening import context_of
    from samaki.engines.fieldforms.xforms import Answers
    from samaki.ground.organisations.models import Organisation
    from samaki.ground.programmes.models import Programme
    from samaki.kernel.sealed import new_salt, seal

    now = timezone.now()
    programme, _made = Programme.objects.get_or_create(key="bench", defaults={"name_km": "ក", "name_en": "Bench"})
    organisation, _made = Organisation.objects.get_or_create(
        key="bench", defaults={"name_latin": "Bench", "kind": "local_ngo"}
    )
    form = Form.objects.create(programme=programme, key=f"bench-{count}", title_km="ក", title_en="Bench")
    questions = [
        {"path": path, "name": path.rpartition("/")[2], "kind": "string", "repeat": "people" if "/" in path else ""}
        for path in ("today", "place", "kind", *(f"people/{name}" for name in PERSON))
    ]
    version = FormVersion.objects.create(
        form=form, version="1", state="published", published_at=now, xform="", questions=questions, repeats=["people"]
    )
    batch: list[Submission] = []
    for number in range(count):
        instance, salt = f"uuid:{count}-{number}", new_salt()
        text = Answers(_values(number), {"people": list(_people(number))}).as_json()
        sealed = seal(text, salt=salt, context=context_of(form.pk, instance))
        batch.append(
            Submission(
                form=form, form_version=version, version="1", programme=programme, organisation=organisation,
                instance_id=instance, digest=hashlib.sha256(instance.encode()).digest(), salt=salt, xml=sealed,
                answers=sealed, state="kept", received_at=now,
            )
        )  # fmt: skip
        if len(batch) == 2_000 or number == count - 1:
            Submission.objects.bulk_create(batch)
            batch.clear()
    return form


PERSON = ("name", "gender", "age", "village", "disability", "first_time", "phone")


def _values(number: int) -> dict[str, str]:
    return {"today": f"2024-{number % 12 + 1:02}-11", "place": f"{number % 25 + 1:02}0101", "kind": "training"}


def _people(number: int) -> Iterator[dict[str, str]]:
    for place in range(PEOPLE):
        seed = number * PEOPLE + place
        yield {
            "#": str(place + 1),
            "people/name": f"ឈ្មោះ {seed}",
            "people/gender": GENDERS[seed % 4],
            "people/age": str(18 + seed % 60),
            "people/village": f"{seed % 14_000:08}",
            "people/disability": "no",
            "people/first_time": "yes" if seed % 3 else "no",
            "people/phone": f"012{seed % 1_000_000:06}",
        }


def _floor(count: int) -> tuple[float, float]:
    """The same cells, made outside of the time that is measured, block by block."""
    spent, own, target = 0.0, 0.0, io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("p", "w") as file:
        for begin in range(0, count, 500):
            cells = [
                [str(number), *one.values()]
                for number in range(begin, min(begin + 500, count))
                for one in _people(number)
            ]
            began, worked = time.perf_counter(), time.process_time()
            text = io.StringIO()
            csv.writer(text).writerows(cells)
            file.write(text.getvalue().encode())
            spent, own = spent + time.perf_counter() - began, own + time.process_time() - worked
    return spent, own


def _memory() -> float:
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * resource.getpagesize() / 1024 / 1024


class _Watch:
    """The most memory held, looked at a hundred times a second."""

    def __init__(self) -> None:
        self._most, self._ended = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            self._most = max(self._most, _memory())

    def peak(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._most


if __name__ == "__main__":
    main(*sys.argv[1:])
