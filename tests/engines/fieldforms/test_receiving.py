"""The one door of field records: once, whole, in order, and never another's."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from samaki.engines.fieldforms.models import Attachment, Form, FormVersion, Submission
from samaki.engines.fieldforms.opening import opened
from samaki.engines.fieldforms.operations.parcels import Nonce, Received
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.ground.groups.models import Group
from samaki.kernel.actors import PUBLIC, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import DomainError
from samaki.kernel.form_handlers import FormHandler
from tests.factories.field import Field, a_field
from tests.factories.fieldforms import AT, a_form, a_parcel, a_version, sender, xml

pytestmark = pytest.mark.django_db
Mapped = {"fields": {"day": "day", "women": "women"}}


def _visit(women: object = 3, **values: str) -> bytes:
    return xml(f"<day>2024-03-05</day><women>{women}</women>", **values)


@pytest.fixture
def form(field: Field, visits: FormHandler) -> Form:
    return a_form(field.programme, handler=visits.key, mapping=Mapped)


def _refused(act: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code, refused.value.status


@pytest.mark.parametrize("role", [Role.DONOR, Role.AUTHORITY, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_not_record_is_refused_and_the_trail_tells(field: Field, form: Form, role: Role) -> None:
    actor = sender(field, role)
    assert _refused(lambda: receive(a_parcel(field, _visit(), actor=actor), at=AT)) == ("refused", 403)
    assert Submission.objects.count() == 0
    assert AuditEntry.objects.get(refused=True).action == "submit_form"


def test_the_public_and_another_organisation_are_refused(field: Field, form: Form) -> None:
    for actor in (PUBLIC, field.actor(Role.FACILITATOR, field.theirs)):
        assert _refused(lambda actor=actor: receive(a_parcel(field, _visit(), actor=actor), at=AT))[1] == 403


def test_a_form_of_another_organisation_or_programme_is_not_there(field: Field, form: Form) -> None:
    form.organisation = field.theirs
    form.save()
    assert _refused(lambda: receive(a_parcel(field, _visit()), at=AT)) == ("no_such_form", 404)
    parcel = a_parcel(field, _visit(), programme_id=field.other.pk)
    assert _refused(lambda: receive(parcel, at=AT)) == ("no_such_form", 404)


def test_a_visit_is_stored_sealed_and_becomes_a_record(field: Field, form: Form) -> None:
    content = _visit(3)
    receipt = receive(a_parcel(field, content), at=AT)
    stored = Submission.objects.get()
    assert (receipt.number, receipt.is_new, receipt.state) == (stored.pk, True, "handled")
    assert b"women" not in bytes(stored.xml) + bytes(stored.answers)
    assert opened(stored).xml == content
    group = Group.objects.get(origin=stored.origin)
    assert group.name_latin == "3"
    assert AuditEntry.objects.filter(action="submit_form", object_id=str(stored.pk)).count() == 1


def test_the_same_again_stores_nothing_and_says_the_same_number(field: Field, form: Form) -> None:
    content = _visit()
    first, again = (receive(a_parcel(field, content), at=AT) for _ in range(2))
    assert (again.number, again.is_new, again.kept) == (first.number, False, frozenset())
    assert Submission.objects.count() == 1
    assert Group.objects.filter(origin__startswith="submission:").count() == 1


def test_other_content_under_the_same_id_is_a_conflict(field: Field, form: Form) -> None:
    receive(a_parcel(field, _visit(3, instance="uuid:1")), at=AT)
    assert _refused(lambda: receive(a_parcel(field, _visit(4, instance="uuid:1")), at=AT)) == ("other_content", 409)


def test_another_organisation_learns_nothing_of_an_id_in_use(field: Field, form: Form) -> None:
    content = _visit(3, instance="uuid:1")
    receive(a_parcel(field, content), at=AT)
    theirs = field.actor(Role.FACILITATOR, field.theirs)
    parcel = a_parcel(field, content, actor=theirs, organisation_id=field.theirs.pk)
    assert _refused(lambda: receive(parcel, at=AT)) == ("other_content", 409)


def test_an_unknown_form_is_not_found_and_a_closed_one_takes_only_what_it_has(field: Field, form: Form) -> None:
    content = _visit()
    receive(a_parcel(field, content), at=AT)
    Form.objects.update(is_open=False)
    assert receive(a_parcel(field, content), at=AT).is_new is False
    assert _refused(lambda: receive(a_parcel(field, _visit()), at=AT)) == ("form_closed", 409)
    assert _refused(lambda: receive(a_parcel(field, xml(key="other")), at=AT)) == ("no_such_form", 404)


@pytest.mark.parametrize("version", ["", "99"])
def test_an_unknown_version_is_kept_to_be_looked_at(field: Field, form: Form, version: str) -> None:
    receipt = receive(a_parcel(field, _visit(version=version)), at=AT)
    assert receipt.state == "review"
    assert Group.objects.filter(origin__startswith="submission:").count() == 0


def test_a_version_withdrawn_is_still_taken_and_a_draft_is_not_known(field: Field, form: Form) -> None:
    a_version(form, "0", state=FormVersion.State.WITHDRAWN)
    a_version(form, "2", state=FormVersion.State.DRAFT)
    assert receive(a_parcel(field, _visit(version="0")), at=AT).state == "handled"
    assert receive(a_parcel(field, _visit(version="2")), at=AT).state == "review"


@pytest.mark.parametrize(
    ("women", "code"), [("99", "too_many"), ("98", "handler_broke"), ("-1", "negative"), ("many", "not_a_count")]
)
def test_what_cannot_become_a_record_is_kept_with_the_reason(field: Field, form: Form, women: str, code: str) -> None:
    assert receive(a_parcel(field, _visit(women)), at=AT).state == "failed"
    stored = Submission.objects.get()
    assert [fault["code"] for fault in stored.faults] == [code]
    assert opened(stored).answers.values["women"] == women


def test_two_answers_where_one_belongs_are_both_kept_and_make_no_record(field: Field, form: Form) -> None:
    content = xml("<day>2024-03-05</day><women>3</women><women>40</women>")
    assert receive(a_parcel(field, content), at=AT).state == "failed"
    stored = Submission.objects.get()
    assert (opened(stored).answers.values["women"], stored.faults[0]["field"]) == ("3 / 40", "women")


def test_a_record_that_its_handler_refuses_is_in_the_trail(field: Field, form: Form) -> None:
    assert receive(a_parcel(field, _visit("97")), at=AT).state == "failed"
    assert AuditEntry.objects.filter(refused=True).values_list("action", "organisation_id").get() == (
        "record_activity",
        field.ours.pk,
    )


def test_a_missing_answer_is_named(field: Field, form: Form) -> None:
    assert receive(a_parcel(field, xml("<women>1</women>")), at=AT).state == "failed"
    fault = Submission.objects.get().faults[0]
    assert (fault["code"], fault["field"]) == ("answer_missing", "day")
    assert fault["km"] != fault["en"]


def test_khmer_digits_are_read(field: Field, form: Form) -> None:
    receive(a_parcel(field, _visit("១២")), at=AT)
    assert Group.objects.get(origin__startswith="submission:").name_latin == "12"


def test_a_correction_takes_the_place_of_what_it_corrects(field: Field, form: Form) -> None:
    first = receive(a_parcel(field, _visit(3, instance="uuid:1")), at=AT)
    second = receive(a_parcel(field, _visit(4, instance="uuid:2", corrects="uuid:1")), at=AT)
    third = receive(a_parcel(field, _visit(5, instance="uuid:3", corrects="uuid:2")), at=AT)
    assert list(Submission.objects.order_by("pk").values_list("pk", "is_current", "root")) == [
        (first.number, False, None),
        (second.number, False, first.number),
        (third.number, True, first.number),
    ]
    assert [group.name_latin for group in Group.objects.filter(origin=f"submission:{first.number}")] == ["5"]
    late = _visit(6, corrects="uuid:1")
    assert _refused(lambda: receive(a_parcel(field, late), at=AT)) == ("superseded", 409)
    again = receive(a_parcel(field, _visit(4, instance="uuid:2", corrects="uuid:1")), at=AT)
    assert (again.number, again.is_new) == (second.number, False)


def test_a_correction_of_what_is_not_here_or_not_hers_is_not_found(field: Field, form: Form) -> None:
    receive(a_parcel(field, _visit(3, instance="uuid:1"), actor=sender(field, name="other")), at=AT)
    for corrects in ("uuid:1", "uuid:none"):
        content = _visit(4, corrects=corrects)
        assert _refused(lambda content=content: receive(a_parcel(field, content), at=AT)) == ("no_such_submission", 404)


def test_what_is_verified_is_not_corrected_until_returned(field: Field, form: Form) -> None:
    receive(a_parcel(field, _visit(3, instance="uuid:1")), at=AT)
    content = _visit(4, corrects="uuid:1")
    Submission.objects.update(review="verified")
    assert _refused(lambda: receive(a_parcel(field, content), at=AT)) == ("verified", 409)
    Submission.objects.update(review="returned")
    assert receive(a_parcel(field, content), at=AT).is_new


def test_a_deleted_record_sent_again_is_a_conflict(field: Field, form: Form) -> None:
    content = _visit(instance="uuid:1")
    receive(a_parcel(field, content), at=AT)
    Submission.objects.update(state="deleted")
    assert _refused(lambda: receive(a_parcel(field, content), at=AT)) == ("submission_deleted", 409)
    correction = _visit(corrects="uuid:1")
    assert _refused(lambda: receive(a_parcel(field, correction), at=AT)) == ("submission_deleted", 409)


def test_a_nonce_is_spent_once(field: Field, form: Form) -> None:
    nonce = Nonce("n", 1, AT + dt.timedelta(minutes=5))
    receive(a_parcel(field, _visit(), nonce=nonce), at=AT)
    assert _refused(lambda: receive(a_parcel(field, _visit(), nonce=nonce), at=AT)) == ("nonce_spent", 401)
    assert Submission.objects.count() == 1


def _file(content: bytes) -> Received:
    return Received("image/jpeg", len(content), content.ljust(32, b"-"), f"attachments/{content.decode()}")


def _photo(**values: str) -> bytes:
    return xml("<day>2024-03-05</day><photo>រូប.jpg</photo>", **values)


def test_files_are_expected_and_attached_as_they_come(field: Field, form: Form) -> None:
    content = _photo()
    first = receive(a_parcel(field, content), at=AT)
    assert Attachment.objects.get().digest is None
    files = {"រូប.jpg": _file(b"a"), "unasked.jpg": _file(b"b")}
    second = receive(a_parcel(field, content, files=files), at=AT)
    assert (second.number, second.is_new, second.kept) == (first.number, False, frozenset({"រូប.jpg"}))
    assert bytes(Attachment.objects.get().digest or b"") == files["រូប.jpg"].digest
    third = receive(a_parcel(field, content, files=files), at=AT)
    assert third.kept == frozenset()
    other = {"រូប.jpg": _file(b"c")}
    assert _refused(lambda: receive(a_parcel(field, content, files=other), at=AT)) == ("other_file", 409)


def test_a_correction_carries_on_the_files_it_still_names(field: Field, form: Form) -> None:
    receive(a_parcel(field, _photo(instance="uuid:1"), files={"រូប.jpg": _file(b"a")}), at=AT)
    receive(a_parcel(field, _photo(instance="uuid:2", corrects="uuid:1")), at=AT)
    receive(a_parcel(field, _visit(corrects="uuid:2")), at=AT)
    assert list(Attachment.objects.order_by("pk").values_list("name", "stored")) == [("រូប.jpg", "attachments/a")] * 2


def test_an_encrypted_form_is_kept_whole(field: Field, form: Form) -> None:
    content = xml("<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>").replace(
        b"<data ", b'<data encrypted="yes" '
    )
    receipt = receive(a_parcel(field, content, files={"submission.xml.enc": _file(b"a")}), at=AT)
    assert (receipt.state, receipt.kept) == ("kept", frozenset({"submission.xml.enc"}))


def test_a_form_without_a_handler_is_kept_as_data(field: Field) -> None:
    a_form(field.programme)
    receipt = receive(a_parcel(field, xml("<people><sex>f</sex></people>")), at=AT)
    assert receipt.state == "kept"
    assert opened(Submission.objects.get()).answers.repeats == {"people": [{"#": "1", "people/sex": "f"}]}


@pytest.mark.django_db(transaction=True)
def test_many_at_once_share_commits_and_each_gets_its_own_answer(visits: FormHandler) -> None:
    field = a_field()
    a_form(field.programme, handler=visits.key, mapping=Mapped)
    contents = [_visit(women) for women in (*range(1, 20), 98, 99)] + [_visit(7, instance="uuid:same")] * 8
    parcels = [a_parcel(field, content) for content in contents]
    found: dict[int, object] = {}

    def send(index: int) -> None:
        try:
            receipt = receive(parcels[index], at=AT)
            found[index] = (receipt.state, receipt.is_new)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(index,)) for index in range(len(parcels))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[index] for index in range(19)] == [("handled", True)] * 19
    assert [found[19], found[20]] == [("failed", True)] * 2
    assert sorted(str(found[index]) for index in range(21, 29)) == ["('handled', False)"] * 7 + ["('handled', True)"]
    assert Submission.objects.count() == 22
    assert Group.objects.filter(origin__startswith="submission:").count() == 20
