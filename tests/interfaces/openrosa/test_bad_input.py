"""Bad input at the door of phones: a clear 4xx, bounded memory and time, nothing half stored."""

from __future__ import annotations

import io
import time
import tracemalloc
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from pytest_django import Settings

from samaki.engines.fieldforms.models import Attachment, Submission
from samaki.interfaces.openrosa.uploads import Body
from samaki.kernel.audit.models import AuditEntry
from tests.interfaces.openrosa.conftest import Field
from tests.interfaces.openrosa.forms import filled, new_id
from tests.interfaces.openrosa.phone import BOUNDARY, Part, Phone, multipart
from tests.interfaces.openrosa.test_access import plain
from tests.interfaces.openrosa.test_submission import content, file_part, form_part, on_disk

pytestmark = pytest.mark.django_db

KIND = f"multipart/form-data; boundary={BOUNDARY}"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
ENTITIES = {
    "billion laughs": f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><data id="visit"><place>&l11;</place></data>',
    "quadratic": f'<!DOCTYPE d [<!ENTITY a "{"x" * 100_000}">]><data id="visit"><place>{"&a;" * 1_000}</place></data>',
    "a file": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="visit"><place>&x;</place></data>',
    "an address": '<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><data id="visit"><place>&x;</place></data>',
    "an outer DTD": '<!DOCTYPE data SYSTEM "http://127.0.0.1:9/x.dtd"><data id="visit"><place>x</place></data>',
    "a parameter entity": '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><data id="visit"/>',
    "an empty DTD": '<!DOCTYPE data []><data id="visit"><place>x</place></data>',
}
NAUGHTY = (
    *("undefined", "null", "NaN", "true", "0x0", "1e1000", "-0", "۰۱۲", "០១២៣៤៥៦៧៨៩", "½⅓", "１２３"),
    *("'; DROP TABLE users;--", '" OR 1=1 --', "=1+1", "@SUM(A1)", "${7*7}", "{{7*7}}", "%s%n%x", "../../etc/passwd"),
    *("<script>alert(1)</script>", "&amp;lt;", "]]>", "\u202etest\u202c", "\ufeff", "\u200b", "Ω≈ç√∫", "田中さん"),
    *("😍🏳️‍🌈", "Z̮̞̠͙͔ͅA͕ͅL̘͖G̥", "ស្ត្រី ស្រ្តី", "مرحبا", "\t\n ", "a" * 20_000, "\U0010ffff", "con", "\r\nX-Evil: 1"),
)


@pytest.mark.parametrize("kind", ENTITIES)
def test_entities_dtds_and_outer_references_are_refused_unopened(phone: Phone, kind: str) -> None:
    phone.form_list()
    before = time.process_time()
    tracemalloc.start()
    answer = phone.post([form_part(b'<?xml version="1.0"?>' + ENTITIES[kind].encode())])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status, b"root:" in answer.body, Submission.objects.count()) == (400, False, 0)
    assert time.process_time() - before < 2
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_text_is_kept_as_it_came_or_refused(phone: Phone, text: str) -> None:
    phone.form_list()
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")
    assert phone.post([form_part(filled(new_id(), place=escaped))]).status == 201
    name = text.strip().replace('"', "")[:80].replace("\r\n", "")
    answer = phone.post([form_part(filled(new_id(), picture="a.jpg")), file_part(name)])
    assert answer.status == 201  # a file that the form does not name
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("where", ["form", "instance id", "answer", "file"])
def test_nul_bytes_are_refused_or_dropped_from_a_name(phone: Phone, where: str) -> None:
    phone.form_list()
    xml = {
        "form": filled(new_id(), "vis\0it"),
        "instance id": filled("uuid:\0"),
        "answer": filled(new_id(), place="a\0b"),
        "file": filled(new_id(), picture="ab.jpg"),
    }[where]
    answer = phone.post([form_part(xml), file_part("a\0b.jpg")])
    assert answer.status == (201 if where == "file" else 400)
    assert Submission.objects.count() == Attachment.objects.count() == (1 if where == "file" else 0)


@pytest.mark.parametrize("query", ["?formID=%00", "?formID=%ff", "?deviceID=%00", "?formID=a&formID=b"])
def test_odd_addresses_break_nothing(phone: Phone, query: str) -> None:
    assert phone.form_list(query).status == 200
    assert phone.ask("HEAD", f"{phone.path}/submission{query}").status == 204


@pytest.mark.parametrize(
    "address",
    ["/or/", "/or//formList", "/or/%00/formList", "/or/../formList", "/or/x/xforms/-1.xml", "/or/x/xforms/1.xml/.."],
)
def test_addresses_that_lead_nowhere_are_told_so_in_xml(phone: Phone, address: str) -> None:
    answer = plain("GET", address)
    assert (answer.status, answer.headers["content-type"]) == (404, "text/xml; charset=utf-8")


def test_a_number_that_no_database_holds_is_a_404(phone: Phone) -> None:
    phone.form_list()
    for end in ("/xforms/99999999999999999999999.xml", "/xforms/1/media/99999999999999999999999"):
        assert phone.ask("GET", phone.path + end).status == 404


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.98])
def test_a_body_cut_short_is_a_400_and_nothing_is_stored(phone: Phone, files: Path, cut: float) -> None:
    phone.form_list()
    xml = filled(new_id(), picture="a.jpg")
    for parts in (
        [form_part(xml), file_part("a.jpg", b"x" * 3_000)],
        [file_part("a.jpg", b"x" * 3_000), form_part(xml)],
    ):
        whole = multipart(parts)
        answer = phone.ask("POST", f"{phone.path}/submission", whole[: int(len(whole) * cut)], KIND)
        assert (answer.status, Submission.objects.count(), on_disk(files)) == (400, 0, [])


def test_a_file_that_ends_before_its_boundary_is_not_taken_for_whole(phone: Phone, files: Path) -> None:
    phone.form_list()
    whole = multipart([form_part(filled(new_id(), picture="a.jpg")), file_part("a.jpg", b"x" * 3_000)])
    answer = phone.ask("POST", f"{phone.path}/submission", whole.removesuffix(f"\r\n--{BOUNDARY}--\r\n".encode()), KIND)
    assert (answer.status, Submission.objects.count(), on_disk(files)) == (400, 0, [])


def test_a_client_that_sends_less_than_it_said_is_a_400(phone: Phone, files: Path) -> None:
    phone.form_list()
    whole = multipart([form_part(filled(new_id(), picture="a.jpg")), file_part("a.jpg")])
    path = f"{phone.path}/submission"
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": KIND,
            "CONTENT_LENGTH": str(len(whole) + 100),
            "HTTP_AUTHORIZATION": phone.signed("POST", path),
            "HTTP_HOST": "testserver",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(whole),
            "wsgi.url_scheme": "http",
        }
    )
    answer = WSGIHandler().get_response(request)
    assert (answer.status_code, Submission.objects.count(), on_disk(files)) == (400, 0, [])


@pytest.mark.parametrize(
    "kind",
    ["", "text/xml", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=é", "a/b;;=;"],
)
def test_a_body_of_another_kind_is_a_400(phone: Phone, kind: str) -> None:
    phone.form_list()
    body = multipart([form_part(filled(new_id()))])
    assert phone.ask("POST", f"{phone.path}/submission", body, kind).status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--",
        f"--{BOUNDARY}--\r\n".encode(),
        f"--{BOUNDARY}\r\n\r\n--{BOUNDARY}--\r\n".encode(),
        f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--{BOUNDARY}--\r\n'.encode("latin-1"),
        (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{"x" * 3_000}"\r\n\r\nx\r\n--{BOUNDARY}--').encode(),
        b"\r\n" * 50_000,
        f"--{BOUNDARY}\r\n".encode() * 20_000,
    ],
)
def test_a_malformed_body_is_a_400_in_little_time(phone: Phone, body: bytes) -> None:
    phone.form_list()
    before = time.process_time()
    assert phone.ask("POST", f"{phone.path}/submission", body, KIND).status == 400
    assert time.process_time() - before < 3


def test_thousands_of_entries_are_a_400(phone: Phone) -> None:
    phone.form_list()
    entries: list[Part] = [(f"e{number}", None, "", b"x") for number in range(6_000)]
    assert phone.post([*entries, form_part(filled(new_id()))]).status == 400
    assert Submission.objects.count() == 0


def test_an_entry_without_end_is_a_413(phone: Phone) -> None:
    phone.form_list()
    most = django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert most is not None
    assert phone.post([("note", None, "", b"x" * (most + 1)), form_part(filled(new_id()))]).status == 413


def test_a_declared_200_mb_are_refused_without_a_byte_read(phone: Phone) -> None:
    class NotToBeRead(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("the body was read")

    phone.form_list()
    path = f"{phone.path}/submission"
    for authorization in ("", phone.signed("POST", path)):
        request = WSGIRequest(
            {
                "REQUEST_METHOD": "POST",
                "PATH_INFO": path,
                "CONTENT_TYPE": KIND,
                "CONTENT_LENGTH": str(200 * 1024 * 1024),
                "HTTP_AUTHORIZATION": authorization,
                "HTTP_HOST": "testserver",
                "SERVER_NAME": "testserver",
                "SERVER_PORT": "80",
                "wsgi.input": NotToBeRead(),
                "wsgi.url_scheme": "http",
            }
        )
        assert WSGIHandler().get_response(request).status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "٣", ""])
def test_a_length_that_is_none_breaks_nothing(length: str) -> None:
    request = WSGIRequest(
        {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(b"")}
    )
    assert Body(request).declared == 0


def test_memory_stays_bounded_while_a_large_file_comes_in(phone: Phone, files: Path) -> None:
    phone.form_list()
    picture = b"0123456789abcdef" * (15 * 1024 * 1024 // 16)
    body = multipart([form_part(filled(new_id(), picture="a.jpg")), file_part("a.jpg", picture)])
    phone.ask("HEAD", f"{phone.path}/submission")
    tracemalloc.start()
    answer = phone.ask("POST", f"{phone.path}/submission", body, KIND)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status, content(Attachment.objects.get()) == picture) == (201, True)
    assert peak < len(body) + 6 * 1024 * 1024  # the test's own client holds the body once


def test_an_unexpected_fault_is_told_in_xml_and_says_that_nothing_is_lost(
    phone: Phone, settings: Settings, tmp_path: Path
) -> None:
    phone.form_list()
    (tmp_path / "no-folder").write_text("a file")
    settings.MEDIA_ROOT = tmp_path / "no-folder"
    answer = phone.post([form_part(filled(new_id(), picture="a.jpg")), file_part("a.jpg")])
    assert (answer.status, answer.headers["content-type"]) == (500, "text/xml; charset=utf-8")
    assert answer.headers["x-openrosa-version"] == "1.0"
    assert "What is on the phone stays there" in answer.message
    assert Submission.objects.count() == 0


def test_a_host_that_is_not_ours_is_a_400(phone: Phone) -> None:
    answer = plain("GET", f"{phone.path}/formList", host="evil.example")
    assert (answer.status, answer.headers["content-type"]) == (400, "text/xml; charset=utf-8")


def test_behind_https_plain_http_is_sent_on_before_anything_is_asked(phone: Phone, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 60
    sent_on = plain("GET", f"{phone.path}/formList")
    assert (sent_on.status, sent_on.headers["location"]) == (301, f"https://testserver{phone.path}/formList")
    assert sent_on.headers["x-openrosa-version"] == "1.0"
    asked = plain("GET", f"{phone.path}/formList", secure=True)
    assert (asked.status, asked.headers["strict-transport-security"]) == (401, "max-age=60")


def test_refusals_hold_no_word_of_what_was_sent(in_field: Field, phone: Phone) -> None:
    phone.submit(filled(new_id(), "secret-form-name", place="a secret"))
    kept = AuditEntry.objects.filter(refused=True).values_list("details", flat=True)
    assert "a secret" not in str(list(kept))
