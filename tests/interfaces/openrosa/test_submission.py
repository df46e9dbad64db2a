"""Section 1 of field capture: what is taken, joined, corrected and refused, line by line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from samaki.engines.fieldforms import attachments
from samaki.engines.fieldforms.models import Attachment, Form, FormVersion, Submission
from samaki.ground.accounts.models import SpentNonce
from samaki.interfaces.openrosa import uploads
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from tests.factories.programmes import a_setting
from tests.interfaces.openrosa.conftest import Field
from tests.interfaces.openrosa.forms import State, a_form, filled, new_id
from tests.interfaces.openrosa.phone import Part, Phone, multipart

pytestmark = pytest.mark.django_db

XML = "xml_submission_file"


def form_part(xml: bytes, name: str = "submission.xml") -> Part:
    return (XML, name, "text/xml", xml)


def file_part(name: str, content: bytes = b"picture") -> Part:
    return (name, name, "image/jpeg", content)


def content(attachment: Attachment) -> bytes:
    return b"".join(attachments.content_of(attachment.stored))


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_head_is_exactly_204_with_the_accepted_length(phone: Phone) -> None:
    answer = phone.ask("HEAD", f"{phone.path}/submission")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["x-openrosa-accept-content-length"] == str(20 * 1024 * 1024)
    assert "content-type" not in answer.headers


def test_a_filled_form_is_stored_whole_and_its_number_told(in_field: Field, phone: Phone) -> None:
    xml = filled(new_id(), place="ភូមិថ្មី", note="a & b".replace("&", "&amp;"))
    (answer,) = phone.submit(xml)
    stored = Submission.objects.get()
    assert (answer.status, answer.message) == (201, f"Received, no. {stored.pk}")
    assert (stored.user_id, stored.device_id, stored.organisation_id, stored.form_version_id) == (
        in_field.user.pk,
        in_field.issued.device.pk,
        in_field.setting.ours.pk,
        FormVersion.objects.get().pk,
    )
    assert bytes(stored.digest) == hashlib.sha256(xml).digest()
    assert "ភូមិថ្មី".encode() not in bytes(stored.xml)
    assert AuditEntry.objects.filter(action="submit_form", object_id=str(stored.pk)).count() == 1


def test_the_spent_nonce_is_kept_in_the_commit_of_the_submission(phone: Phone) -> None:
    phone.form_list()
    before = SpentNonce.objects.count()
    assert phone.post([form_part(b"<broken")]).status == 400
    assert SpentNonce.objects.count() == before  # nothing was stored, so nothing was spent
    assert phone.post([form_part(filled(new_id()))]).status == 201
    assert SpentNonce.objects.count() == before + 1


def test_parts_come_in_any_order(phone: Phone) -> None:
    phone.form_list()
    xml = filled(new_id(), picture="a.jpg", sound="b.mp3")
    answer = phone.post([file_part("b.mp3", b"sound"), form_part(xml), file_part("a.jpg")])
    assert answer.status == 201
    assert {one.name: content(one) for one in Attachment.objects.all()} == {"a.jpg": b"picture", "b.mp3": b"sound"}


def test_the_form_may_have_any_file_name_or_none(phone: Phone) -> None:
    phone.form_list()
    for name in ("data", "ទម្រង់ ១.xml", "../../etc/passwd", "a;b=\\x.xml"):
        assert phone.post([form_part(filled(new_id()), name)]).status == 201
    assert phone.post([(XML, None, "", filled(new_id(), place="ភូមិ"))]).status == 201


@pytest.mark.parametrize(
    "name",
    [
        "រូបភាព.jpg",
        "ស្ត្រី\u200bខ្មែរ ០១.jpg",
        "name with  spaces.jpg",
        "é%22ü&amp;'.jpg",
        "a;b.jpg",
        "x" * 251 + ".jpg",
        "ក" * 83 + ".jpg",  # as long as a phone's disk takes
        "no-extension",
        "😀.jpg",
    ],
)
def test_a_file_of_any_name_in_raw_utf8_is_attached(phone: Phone, name: str) -> None:
    phone.form_list()
    xml = filled(new_id(), picture=name.replace("&", "&amp;"))
    assert phone.post([form_part(xml), file_part(name)]).status == 201
    stored = Attachment.objects.get()
    assert (stored.name, stored.size, content(stored)) == (name, 7, b"picture")


def test_a_name_that_climbs_out_of_its_folder_does_not(phone: Phone, files: Path) -> None:
    phone.form_list()
    for sent, kept in (("../../x.jpg", "x.jpg"), ("C:\\photos\\y.jpg", "y.jpg"), ("/etc/z\0.jpg", "z.jpg")):
        xml = filled(new_id(), picture=kept)
        assert phone.post([form_part(xml), file_part(sent)]).status == 201
        assert Attachment.objects.latest("pk").name == kept
    assert {path.parent.parent for path in on_disk(files)} == {files / "attachments"}
    for name in ("..", ".", "/", "\0"):
        assert phone.post([form_part(filled(new_id(), picture=name.strip("\0"))), file_part(name)]).status == 201


def test_a_name_that_is_too_long_to_keep_is_refused_and_nothing_stored(phone: Phone, files: Path) -> None:
    phone.form_list()
    name = "x" * 256
    answer = phone.post([form_part(filled(new_id(), picture=name)), file_part(name)])
    assert (answer.status, Submission.objects.count(), on_disk(files)) == (400, 0, [])


def test_a_hundred_and_one_attachments_come_at_once(in_field: Field, phone: Phone) -> None:
    names = [f"p{number}" for number in range(101)]
    a_form(in_field.setting, "album", pictures=tuple(names))
    xml = filled(new_id(), "album", **{name: f"{name}.jpg" for name in names})
    phone.form_list()
    answer = phone.post([form_part(xml), *(file_part(f"{name}.jpg", name.encode()) for name in names)])
    assert answer.status == 201
    assert {one.name: content(one) for one in Attachment.objects.all()} == {
        f"{name}.jpg": name.encode() for name in names
    }


@pytest.mark.parametrize("flagged", [True, False])
def test_split_posts_join(phone: Phone, flagged: bool) -> None:
    phone.form_list()
    xml = filled(new_id(), picture="a.jpg", sound="b.mp3")
    more: list[Part] = [("*isIncomplete*", None, "", b"yes")] if flagged else []
    answers = [
        phone.post([form_part(xml), file_part("a.jpg"), *more]),
        phone.post([form_part(xml), file_part("b.mp3", b"sound")]),
    ]
    assert [one.status for one in answers] == [201, 201]
    assert {answer.message for answer in answers} == {f"Received, no. {Submission.objects.get().pk}"}
    assert {one.name: content(one) for one in Attachment.objects.all()} == {"a.jpg": b"picture", "b.mp3": b"sound"}


def test_a_client_splits_by_the_length_we_accept(phone: Phone, settings: Settings) -> None:
    settings.OPENROSA_MOST_BYTES = 4_000
    xml = filled(new_id(), picture="a.jpg", sound="b.mp3")
    answers = phone.submit(xml, [("a.jpg", b"a" * 2_500), ("b.mp3", b"b" * 2_500)])
    assert [one.status for one in answers] == [201, 201]
    assert {one.name: content(one) for one in Attachment.objects.all()} == {
        "a.jpg": b"a" * 2_500,
        "b.mp3": b"b" * 2_500,
    }


def test_an_identical_resend_is_a_202_and_stores_nothing_new(phone: Phone, files: Path) -> None:
    xml = filled(new_id(), picture="a.jpg")
    first = phone.submit(xml, [("a.jpg", b"picture")])
    again = phone.submit(xml, [("a.jpg", b"picture")])
    assert [one.status for one in (*first, *again)] == [201, 202]
    assert first[0].message == again[0].message
    assert (Submission.objects.count(), Attachment.objects.count(), len(on_disk(files))) == (1, 1, 1)


def test_the_same_form_with_a_new_attachment_attaches(phone: Phone) -> None:
    xml = filled(new_id(), picture="a.jpg")
    assert [one.status for one in phone.submit(xml)] == [201]
    assert [(one.name, one.stored) for one in Attachment.objects.all()] == [("a.jpg", "")]  # expected, not here yet
    assert [one.status for one in phone.submit(xml, [("a.jpg", b"picture")])] == [201]
    assert content(Attachment.objects.get()) == b"picture"


def test_another_form_under_the_same_id_is_a_conflict(phone: Phone) -> None:
    instance = new_id()
    assert phone.submit(filled(instance, place="a"))[0].status == 201
    answer = phone.submit(filled(instance, place="b"))[0]
    assert (answer.status, bool(answer.message), Submission.objects.count()) == (409, True, 1)


def test_another_file_under_the_same_name_is_a_conflict_and_the_first_stays(phone: Phone, files: Path) -> None:
    xml = filled(new_id(), picture="a.jpg")
    assert phone.submit(xml, [("a.jpg", b"first")])[0].status == 201
    assert phone.submit(xml, [("a.jpg", b"second")])[0].status == 409
    assert phone.post([form_part(xml), file_part("a.jpg", b"one"), file_part("a.jpg", b"two")]).status == 409
    assert (content(Attachment.objects.get()), len(on_disk(files))) == (b"first", 1)


def test_one_file_sent_twice_in_a_request_is_one(phone: Phone, files: Path) -> None:
    phone.form_list()
    xml = filled(new_id(), picture="a.jpg")
    assert phone.post([form_part(xml), file_part("a.jpg"), file_part("a.jpg")]).status == 201
    assert (Attachment.objects.count(), len(on_disk(files))) == (1, 1)


def test_a_correction_replaces_and_carries_missing_files_forward(phone: Phone) -> None:
    first, second = new_id(), new_id()
    phone.submit(filled(first, place="a", picture="a.jpg", sound="b.mp3"), [("a.jpg", b"old"), ("b.mp3", b"sound")])
    (answer,) = phone.submit(
        filled(second, corrects=first, place="b", picture="new.jpg", sound="b.mp3"), [("new.jpg", b"new")]
    )
    assert answer.status == 201
    old, new = Submission.objects.order_by("pk")
    assert (old.is_current, new.is_current, new.root_id, new.origin) == (False, True, old.pk, old.origin)
    assert {one.name: content(one) for one in new.attachments.all()} == {"new.jpg": b"new", "b.mp3": b"sound"}


def test_a_correction_of_what_is_not_here_is_a_404(phone: Phone) -> None:
    assert phone.submit(filled(new_id(), corrects=new_id()))[0].status == 404
    assert Submission.objects.count() == 0


def test_a_correction_of_what_was_corrected_meanwhile_is_a_conflict(phone: Phone) -> None:
    first = new_id()
    phone.submit(filled(first, place="a"))
    assert phone.submit(filled(new_id(), corrects=first, place="b"))[0].status == 201
    assert phone.submit(filled(new_id(), corrects=first, place="c"))[0].status == 409
    assert Submission.objects.count() == 2


def test_a_stranger_corrects_nothing(in_field: Field, phone: Phone) -> None:
    first = new_id()
    phone.submit(filled(first, place="a"))
    for other in (in_field.another(), in_field.another(organisation=in_field.setting.theirs)):
        assert in_field.phone(other).submit(filled(new_id(), corrects=first, place="b"))[0].status == 404
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("orx", [True, False])
def test_meta_is_read_with_and_without_its_namespace(phone: Phone, orx: bool) -> None:
    first, second = new_id(), new_id()
    statuses = [
        phone.submit(filled(first, orx=orx))[0].status,
        phone.submit(filled(second, corrects=first, orx=orx))[0].status,
    ]
    assert statuses == [201, 201]
    assert list(Submission.objects.order_by("pk").values_list("instance_id", flat=True)) == [first, second]


def test_the_root_may_have_another_name(phone: Phone) -> None:
    assert phone.submit(filled(new_id(), root="visit_form", place="x"))[0].status == 201
    assert Submission.objects.get().state == Submission.State.KEPT


def test_files_that_the_form_does_not_name_are_ignored(phone: Phone, files: Path) -> None:
    phone.form_list()
    xml = filled(new_id(), picture="a.jpg")
    assert phone.post([form_part(xml), file_part("a.jpg"), file_part("stray.jpg", b"stray")]).status == 201
    assert [one.name for one in Attachment.objects.all()] == ["a.jpg"]
    assert len(on_disk(files)) == 1


def test_an_encrypted_submission_is_kept_whole(phone: Phone) -> None:
    instance = new_id()
    xml = (
        f'<data id="visit" version="1" encrypted="yes" xmlns="http://opendatakit.org/submissions">'
        f"<base64EncryptedKey>abc=</base64EncryptedKey><orx:meta xmlns:orx='http://openrosa.org/xforms'>"
        f"<orx:instanceID>{instance}</orx:instanceID></orx:meta>"
        "<media><file>a.jpg.enc</file></media><encryptedXmlFile>submission.xml.enc</encryptedXmlFile>"
        "<base64EncryptedElementSignature>def=</base64EncryptedElementSignature></data>"
    ).encode()
    sent = {"a.jpg.enc": b"\x00\x01", "submission.xml.enc": b"\x02\x03"}
    (answer,) = phone.submit(xml, list(sent.items()))
    stored = Submission.objects.get()
    assert (answer.status, stored.is_encrypted, stored.instance_id) == (201, True, instance)
    assert {one.name: content(one) for one in stored.attachments.all()} == sent


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([file_part("a.jpg")], "no form"),
        ([("other", "s.xml", "text/xml", filled(new_id()))], "under another name"),
        ([form_part(b"")], "empty"),
        ([form_part(b"<data id='visit'>")], "not closed"),
        ([form_part(b"not xml")], "no XML"),
        ([form_part(b"<data/>")], "no id"),
        ([form_part(b"\xff\xfe\x00")], "no text"),
        ([form_part(filled(new_id())), form_part(filled(new_id()))], "two forms"),
        ([], "nothing"),
    ],
)
def test_a_missing_or_malformed_form_is_a_400_and_stores_nothing(
    phone: Phone, files: Path, parts: list[Part], why: str
) -> None:
    phone.form_list()
    answer = phone.post(parts)
    assert (why, answer.status, bool(answer.message)) == (why, 400, True)
    assert (Submission.objects.count(), on_disk(files)) == (0, [])


def test_an_unknown_form_is_a_404(in_field: Field, phone: Phone) -> None:
    assert phone.submit(filled(new_id(), "no-such-form"))[0].status == 404
    a_form(a_setting(), "of-another-programme")
    assert phone.submit(filled(new_id(), "of-another-programme"))[0].status == 404
    a_form(in_field.setting, "of-another-partner", organisation=in_field.setting.theirs)
    assert phone.submit(filled(new_id(), "of-another-partner"))[0].status == 404


def test_no_right_is_a_403_that_is_kept_in_the_trail(in_field: Field) -> None:
    coordinator = in_field.phone(in_field.another(Role.GROUP_COORDINATOR))
    assert coordinator.submit(filled(new_id()))[0].status == 403
    assert (Submission.objects.count(), AuditEntry.objects.filter(refused=True).count()) == (0, 1)


def test_a_closed_form_takes_nothing_new(phone: Phone) -> None:
    instance = new_id()
    assert phone.submit(filled(instance, place="a"))[0].status == 201
    Form.objects.update(is_open=False)
    assert phone.submit(filled(new_id(), place="b"))[0].status == 409
    assert phone.submit(filled(instance, place="a"))[0].status == 202  # the phone did not hear that it was received


def test_a_deleted_record_sent_again_is_a_conflict(phone: Phone) -> None:
    xml = filled(new_id(), place="a")
    phone.submit(xml)
    Submission.objects.update(state=Submission.State.DELETED)
    assert phone.submit(xml)[0].status == 409


@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_older_published_versions_are_accepted(in_field: Field, phone: Phone, state: str) -> None:
    FormVersion.objects.update(state=state)
    a_form(in_field.setting, "visit", "2")
    assert [phone.submit(filled(new_id(), version=version))[0].status for version in ("1", "2")] == [201, 201]
    assert set(Submission.objects.values_list("state", flat=True)) == {Submission.State.KEPT}


@pytest.mark.parametrize("version", ["99", "draft", "", None])
def test_an_unknown_or_missing_version_is_accepted_for_review(
    in_field: Field, phone: Phone, version: str | None
) -> None:
    a_form(in_field.setting, "visit", "draft", state=State.DRAFT)
    assert phone.submit(filled(new_id(), version=version, place="x"))[0].status == 201
    assert Submission.objects.get().state == Submission.State.REVIEW


def test_a_body_larger_than_we_accept_is_a_413_and_is_not_read(phone: Phone, settings: Settings) -> None:
    phone.form_list()
    settings.OPENROSA_MOST_BYTES = 2_000
    xml = filled(new_id(), picture="a.jpg")
    answer = phone.post([form_part(xml), file_part("a.jpg", b"x" * 2_000)])
    assert (answer.status, Submission.objects.count()) == (413, 0)


def test_a_form_larger_than_any_honest_one_is_a_413(phone: Phone, files: Path) -> None:
    phone.form_list()
    xml = filled(new_id(), place="x" * uploads.MOST_XML)
    assert phone.post([file_part("a.jpg"), form_part(xml)]).status == 413
    assert (Submission.objects.count(), on_disk(files)) == (0, [])


def test_too_many_files_are_a_413(phone: Phone, files: Path) -> None:
    phone.form_list()
    most = django_settings.DATA_UPLOAD_MAX_NUMBER_FILES
    assert most is not None
    answer = phone.post([form_part(filled(new_id())), *(file_part(f"{n}.jpg", b"x") for n in range(most))])
    assert (answer.status, Submission.objects.count(), on_disk(files)) == (413, 0, [])


def test_a_refused_submission_leaves_no_file(in_field: Field, phone: Phone, files: Path) -> None:
    assert phone.submit(filled(new_id(), "no-such-form", picture="a.jpg"), [("a.jpg", b"x")])[0].status == 404
    assert on_disk(files) == []


def test_what_lies_on_the_disk_is_sealed(phone: Phone, files: Path) -> None:
    phone.submit(filled(new_id(), picture="ស្ត្រី.jpg"), [("ស្ត្រី.jpg", b"a face, recognisable" * 50)])
    (path,) = on_disk(files)
    assert b"recognisable" not in path.read_bytes()
    assert "ស្ត្រី" not in str(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_form_may_be_of_two_programmes(in_field: Field, phone: Phone) -> None:
    a_form(a_setting(), "visit")
    phone.submit(filled(new_id()))
    assert Submission.objects.get().programme == in_field.setting.programme


def test_quoted_boundaries_and_base64_parts_are_read(phone: Phone) -> None:
    phone.form_list()
    xml = filled(new_id(), place="x")
    body = multipart([form_part(xml)], boundary="a b'c")
    answer = phone.ask("POST", f"{phone.path}/submission", body, 'multipart/form-data; boundary="a b\'c"')
    assert answer.status == 201
