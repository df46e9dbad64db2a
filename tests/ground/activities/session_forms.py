"""Filled session forms, taken and read back, for the tests of session forms."""

from __future__ import annotations

from samaki.ground.activities.form_handlers import SESSION
from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.people.models import Person
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.form_handlers import Entry
from tests.factories.entries import an_entry, handling
from tests.factories.field import HELD, Field


def filled(field: Field, origin: str = "submission:1", **values: object) -> Entry:
    return an_entry(field, origin, **{"held_on": HELD, "kind": "training", **values})


def rows_of(*people: Person) -> dict[str, list[dict[str, object]]]:
    return {"people": [{"person": person.pk} for person in people]}


def take(field: Field, *entries: Entry) -> None:
    SESSION.take(entries, handling(field))


def attending(session: Session) -> list[int]:
    return list(Attendance.objects.filter(session=session).order_by("person_id").values_list("person_id", flat=True))


def counts(session: Session) -> dict[tuple[str, str], int]:
    return {(tally.dimension, tally.value): tally.count for tally in Tally.objects.filter(session=session)}


def state() -> list[object]:
    """Everything a taking may write."""
    return [
        list(Activity.objects.order_by("pk").values_list()),
        list(Session.objects.order_by("pk").values_list()),
        list(Attendance.objects.order_by("pk").values_list()),
        list(Tally.objects.order_by("pk").values_list()),
        AuditEntry.objects.count(),
    ]
