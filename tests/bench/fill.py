"""Fills the real tables with a large programme: people, attendances, cases, group reports, outreach, in bulk.

Every value follows from the seed. The gazetteer's places are used where it is loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, models, transaction

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.places.models import Level, Place
from samaki.ground.programmes.models import Programme, ProgrammePlace
from samaki.strands.counselling.models import Case, CaseSession, GroupMonth, Outcome
from samaki.strands.outreach.models import OutreachTally

START = dt.date(2025, 1, 1)
DAYS = 730
GENDERS = ["woman", "man", "another_term", "not_recorded"]
KINDS = ["training", "meeting", "dialogue", "reflection", "campaign", "livelihood"]
NOW = "2026-12-31 00:00:00+00:00"


@dataclass(frozen=True)
class Filled:
    programme_id: int
    organisation_ids: tuple[int, ...]
    people: int
    attendances: int


def _insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows into the table as the database takes them fastest; columns left out take their usual values."""
    usual = {"is_example": False, "revision": 1, "origin": "bench", "created_at": NOW, "updated_at": NOW}
    names = {field.column for field in model._meta.concrete_fields}
    extra = {name: value for name, value in usual.items() if name in names and name not in columns}
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if column not in (*columns, *extra) and field.has_default() and not field.primary_key:
            extra[column] = field.get_db_prep_save(field.get_default(), connection)
    every = [*columns, *extra]
    tail = tuple(extra.values())
    listed = ", ".join(f'"{name}"' for name in every)
    complete = ((*row, *tail) for row in rows)
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(f'COPY "{model._meta.db_table}" ({listed}) FROM STDIN') as copy,
        ):
            for row in complete:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(every))
    connection.connection.executemany(f'INSERT INTO "{model._meta.db_table}" ({listed}) VALUES ({marks})', complete)


def _ids(model: type[models.Model], count: int) -> range:
    first = (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1
    return range(first, first + count)


def _dates(days: np.ndarray) -> list[str]:
    return [str(date) for date in np.datetime64(START) + days.astype("timedelta64[D]")]


def fill(people: int, attendances: int, *, key: str = "bench", seed: int = 7) -> Filled:
    """One programme with that many people and attendances; attendances at most one per person and session."""
    random = np.random.default_rng(seed)
    with transaction.atomic():
        if not Place.objects.exists():
            from samaki.ground.places.operations import load_gazetteer
            from samaki.kernel.actors import System

            load_gazetteer(by=System("bench"))
        programme = Programme.objects.create(
            key=key, name_km="ក", name_en=key, starts_on=START, fiscal_year_starts_in=4, gender_marker=2
        )
        organisations = [
            Organisation.objects.create(key=f"{key}-{n}", name_latin=f"{key} {n}", kind="local_ngo") for n in range(8)
        ]
        communes = np.array(Place.objects.filter(level=Level.COMMUNE).order_by("code").values_list("pk", flat=True))
        chosen = np.sort(random.choice(communes, min(len(communes), 300), replace=False))
        provinces = dict(Place.objects.filter(level=Level.COMMUNE).values_list("pk", "parent__parent_id"))
        for province in set(provinces.values()):
            ProgrammePlace.objects.create(
                programme=programme, place_id=province, area="old" if (province or 0) % 2 else "new", since=None
            )
        _activities(random, programme.pk, [o.pk for o in organisations], chosen, people, attendances)
        _groups(random, programme.pk, [o.pk for o in organisations], chosen, max(3, people // 300))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for model in (
                Person,
                Activity,
                Session,
                Attendance,
                Group,
                Case,
                CaseSession,
                Outcome,
                GroupMonth,
                OutreachTally,
            ):
                table = model._meta.db_table
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE")
    return Filled(programme.pk, tuple(o.pk for o in organisations), people, attendances)


def _activities(
    random: np.random.Generator,
    programme: int,
    organisations: list[int],
    communes: np.ndarray,
    people: int,
    attendances: int,
) -> None:
    sessions = max(20, attendances // 20)
    activities = max(10, sessions // 2)
    activity_ids, session_ids, person_ids = _ids(Activity, activities), _ids(Session, sessions), _ids(Person, people)
    day = random.integers(0, DAYS - 14, activities)
    place = communes[random.integers(0, len(communes), activities)]
    dates = _dates(day)
    _insert(
        Activity,
        [
            "id",
            "key",
            "programme_id",
            "organisation_id",
            "kind",
            "title_km",
            "title_en",
            "place_id",
            "starts_on",
            "ends_on",
            "state",
            "is_sensitive",
            "time_of_day",
        ],
        (
            (i, f"bench-{i}", programme, organisations[o], KINDS[k], "ក", "a", int(p), d, d, "held", False, "")
            for i, o, k, p, d in zip(
                activity_ids,
                random.integers(0, len(organisations), activities).tolist(),
                random.integers(0, len(KINDS), activities).tolist(),
                place.tolist(),
                dates,
                strict=True,
            )
        ),
    )
    of = random.integers(0, activities, sessions)
    of[:activities] = np.arange(activities)[:sessions]
    held = _dates(day[of] + random.integers(0, 14, sessions))
    _insert(
        Session,
        ["id", "activity_id", "number", "held_on", "title_km", "title_en", "attendance"],
        (
            (i, activity_ids[a], n, d, "", "", "named")
            for i, a, n, d in zip(session_ids, of.tolist(), _nth(of).tolist(), held, strict=True)
        ),
    )
    _insert(
        Person,
        ["id", "organisation_id", "gender", "birth_year", "age_band"],
        (
            (i, organisations[o], GENDERS[g], b, "not_recorded")
            for i, o, g, b in zip(
                person_ids,
                random.integers(0, len(organisations), people).tolist(),
                random.choice(len(GENDERS), people, p=[0.68, 0.28, 0.01, 0.03]).tolist(),
                random.integers(1950, 2015, people).tolist(),
                strict=True,
            )
        ),
    )
    # People come near home: a commune's sessions draw from the people of its neighbourhood.
    home = np.sort(random.integers(0, len(communes), people))
    where = np.searchsorted(communes, place)[of]
    low, high = np.searchsorted(home, where - 4), np.searchsorted(home, where + 5)
    session = np.sort(random.integers(0, sessions, int(attendances * 1.06)))
    person = low[session] + (random.random(len(session)) * np.maximum(high[session] - low[session], 1)).astype(np.int64)
    pairs = np.unique(session.astype(np.int64) * people + np.minimum(person, people - 1))
    pairs = np.sort(random.choice(pairs, min(attendances, len(pairs)), replace=False))
    session, person = pairs // people, pairs % people
    first = _ids(Attendance, 0).start
    _insert(
        Attendance,
        ["id", "session_id", "person_id"],
        zip(
            range(first, first + len(pairs)),
            (session + session_ids.start).tolist(),
            (person + person_ids.start).tolist(),
            strict=True,
        ),
    )


def _nth(of: np.ndarray) -> np.ndarray:
    """Of each entry, how many equal ones stand before it."""
    order = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[order], of[order])
    nth = np.empty(len(of), np.int64)
    nth[order] = np.arange(len(of)) - starts
    return nth


def _groups(
    random: np.random.Generator, programme: int, organisations: list[int], communes: np.ndarray, groups: int
) -> None:
    cases, months = groups * 30, 24
    group_ids, case_ids = _ids(Group, groups), _ids(Case, cases)
    place = communes[random.integers(0, len(communes), groups)].tolist()
    owner = [organisations[n % len(organisations)] for n in range(groups)]
    _insert(
        Group,
        ["id", "key", "programme_id", "organisation_id", "kind", "name_km", "name_latin", "place_id", "keeps_names"],
        (
            (i, f"bench-{i}", programme, o, "mens_group", "ក", "g", p, True)
            for i, o, p in zip(group_ids, owner, place, strict=True)
        ),
    )
    of = random.integers(0, groups, cases).tolist()
    day = random.integers(0, DAYS - 200, cases)
    opened = _dates(day)
    _insert(
        Case,
        ["id", "programme_id", "organisation_id", "code", "group_id", "place_id", "opened_on"],
        (
            (i, programme, owner[g], f"c-{i}", group_ids[g], place[g], d)
            for i, g, d in zip(case_ids, of, opened, strict=True)
        ),
    )
    _insert(
        CaseSession,
        ["id", "case_id", "number", "held_on"],
        (
            (i, case_ids[c], n, d)
            for i, (n, c, d) in zip(
                _ids(CaseSession, cases * 4),
                ((n, c, d) for n in range(4) for c, d in enumerate(_dates(day + 30 * n))),
                strict=True,
            )
        ),
    )
    values = ["worse", "unchanged", "improved", "stopped"]
    _insert(
        Outcome,
        ["id", "case_id", "informant", "instrument", "violence", "value", "judged_on"],
        (
            (i, case_ids[c], "C", "group_judgement", violence, values[v], d)
            for i, (c, violence, v, d) in zip(
                _ids(Outcome, cases * 2),
                (
                    (c, violence, v, d)
                    for violence in ("any", "physical")
                    for c, (v, d) in enumerate(
                        zip(random.integers(0, 4, cases).tolist(), _dates(day + 120), strict=True)
                    )
                ),
                strict=True,
            )
        ),
    )
    month = [dt.date(2025 + m // 12, m % 12 + 1, 1) for m in range(months)]
    _insert(
        GroupMonth,
        [
            "id",
            "group_id",
            "programme_id",
            "organisation_id",
            "month",
            "version",
            "is_current",
            "received_on",
            "sessions_held",
            "men_counselled",
            "men_success",
            "men_stopped",
        ],
        (
            (
                i,
                group_ids[g],
                programme,
                owner[g],
                str(month[m]),
                1,
                True,
                str(month[m] + dt.timedelta(days=late)),
                2,
                3,
                2,
                1,
            )
            for i, (g, m, late) in zip(
                _ids(GroupMonth, groups * months),
                (
                    (g, m, late)
                    for g in range(groups)
                    for m, late in enumerate(random.integers(32, 48, months).tolist())
                ),
                strict=True,
            )
        ),
    )
    _insert(
        OutreachTally,
        ["id", "programme_id", "organisation_id", "group_id", "place_id", "channel", "since", "until", "contacts"],
        (
            (
                i,
                programme,
                owner[g],
                group_ids[g],
                place[g],
                "flier",
                str(month[m]),
                str(month[m] + dt.timedelta(days=20)),
                c,
            )
            for i, (g, m, c) in zip(
                _ids(OutreachTally, groups * months),
                ((g, m, c) for g in range(groups) for m, c in enumerate(random.integers(1, 400, months).tolist())),
                strict=True,
            )
        ),
    )
