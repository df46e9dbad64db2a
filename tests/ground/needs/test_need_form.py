"""A learning need told by phone: who may not, what cannot be, and the same form sent again."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.fieldforms.built_in import ensure_built_in
from samaki.ground.groups.models import Group
from samaki.ground.needs import operations
from samaki.ground.needs.form_handlers import LEARNING_NEED
from samaki.ground.needs.models import LearningNeed
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Refused
from samaki.kernel.form_handlers import Entry
from tests.factories.entries import an_entry, faults_of, handling
from tests.factories.field import NOW, TOMORROW, Field, a_field, lock
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
ASKED = dt.date(2024, 1, 10)


def _entry(field: Field, origin: str = "submission:1", **values: object) -> Entry:
    said = {"text": "ច្បាប់ដីធ្លី", "raised_by": "community", "raised_on": ASKED, "group": "first", **values}
    by = said.pop("by", None)
    return an_entry(field, origin, by=by, **said)  # type: ignore[arg-type]  # an actor or None


def _take(field: Field, *entries: Entry) -> None:
    LEARNING_NEED.take(entries, handling(field))


def test_nobody_without_leave_raises_a_need_by_phone() -> None:
    field = a_field()
    told = {name: faults_of(LEARNING_NEED, field, _entry(field, by=who)) for name, who in field.strangers().items()}
    assert {name: [code for _at, code, _field in faults] for name, faults in told.items()} == {
        name: ["refused"] for name in told
    }
    assert LearningNeed.objects.count() == 0


def test_a_form_becomes_a_need_at_the_place_of_its_group() -> None:
    field = a_field()
    _take(field, _entry(field))
    need = LearningNeed.objects.get()
    assert (need.text, need.raised_by, need.raised_on, need.group, need.place, need.state, need.origin) == (
        "ច្បាប់ដីធ្លី",
        "community",
        ASKED,
        field.group,
        field.place,
        "raised",
        "submission:1",
    )
    assert AuditEntry.objects.get(action="need.raise").object_id == str(need.pk)
    assert LEARNING_NEED.find(["submission:1", "submission:2"])["submission:1"].id == need.pk


def test_the_same_form_again_changes_nothing_and_a_corrected_one_replaces_it() -> None:
    field = a_field()
    _take(field, _entry(field))
    _take(field, _entry(field))
    assert LearningNeed.objects.get().revision == 1
    _take(field, _entry(field, text="ការតស៊ូមតិ", group=""))
    need = LearningNeed.objects.get()
    assert (need.revision, need.text, need.group) == (2, "ការតស៊ូមតិ", None)


@pytest.mark.parametrize(
    ("values", "code", "where"),
    [
        ({"text": " "}, "text_wanted", "text"),
        ({"text": "x" * 2_001}, "text_wanted", "text"),
        ({"raised_by": "somebody"}, "not_an_answer", "raised_by"),
        ({"raised_on": TOMORROW}, "date_in_future", "raised_on"),
        ({"raised_on": None}, "value_missing", "raised_on"),
        ({"group": "nobody's"}, "no_such_group", "group"),
        ({"place": "Atlantis"}, "place_unknown", "place"),
    ],
)
def test_what_cannot_be_is_told_and_the_others_of_the_batch_are_not_written(
    values: dict[str, object], code: str, where: str
) -> None:
    field = a_field()
    entries = (_entry(field), _entry(field, "submission:2", **values))
    assert faults_of(LEARNING_NEED, field, *entries) == [(1, code, where)]
    assert LearningNeed.objects.count() == 0


def test_a_need_that_was_handled_since_is_neither_replaced_nor_taken_back_by_its_form() -> None:
    field = a_field()
    _take(field, _entry(field))
    need = LearningNeed.objects.get()
    operations.decline_need(need=need, revision=1, because="ពុំមានគ្រូ", on=ASKED, by=field.me, at=NOW)
    assert faults_of(LEARNING_NEED, field, _entry(field, text="ថ្មី")) == [(0, "need_handled", "text")]
    with pytest.raises(Conflict) as kept:
        LEARNING_NEED.take_back(["submission:1"], handling(field), field.me)
    assert (kept.value.code, LearningNeed.objects.get().text) == ("need_handled", "ច្បាប់ដីធ្លី")


def test_a_locked_period_takes_no_need_and_gives_none_back() -> None:
    field = a_field()
    _take(field, _entry(field))
    lock(field.programme, "2024-01")
    assert faults_of(LEARNING_NEED, field, _entry(field, "submission:2")) == [(0, "period_locked", None)]
    with pytest.raises(Conflict) as kept:
        LEARNING_NEED.take_back(["submission:1"], handling(field), field.me)
    assert kept.value.code == "period_locked"


def test_a_withdrawn_form_takes_its_need_back_and_nobody_else_does() -> None:
    field = a_field()
    _take(field, _entry(field), _entry(field, "submission:2"))
    for who in field.strangers().values():
        with pytest.raises(Refused):
            LEARNING_NEED.take_back(["submission:1"], handling(field), who)
    LEARNING_NEED.take_back(["submission:1"], handling(field), field.me)
    assert [need.origin for need in LearningNeed.objects.all()] == ["submission:2"]


def test_programmes_with_learning_groups_have_the_form_on_their_phones() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    forms = [form.handler for form in ensure_built_in(field.programme, by=SETUP, at=NOW)]
    assert "learning_need" in forms
    assert "learning_need" not in [form.handler for form in ensure_built_in(field.other, by=SETUP, at=NOW)]
