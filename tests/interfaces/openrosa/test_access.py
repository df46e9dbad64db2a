"""Section 1 of field capture: who comes in, by which proof, and how far."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from samaki.engines.fieldforms.models import Submission
from samaki.ground.accounts.devices import revoke_device
from samaki.ground.accounts.models import DeviceCredential, RoleGrant, SpentNonce
from samaki.interfaces.openrosa.digest import LIFETIME
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import Role, System
from samaki.kernel.audit.models import AuditEntry
from tests.factories.programmes import a_setting
from tests.interfaces.openrosa.conftest import Field, issue
from tests.interfaces.openrosa.forms import a_form, filled, new_id
from tests.interfaces.openrosa.phone import BOUNDARY, Answer, InProcess, Phone, multipart

pytestmark = pytest.mark.django_db


def plain(method: str, path: str, *, secure: bool = False, body: bytes = b"", **headers: str) -> Answer:
    """One request, as it is."""
    return InProcess(secure=secure)(method, path, {n.replace("_", "-"): v for n, v in headers.items()}, body)


def sent(instance: str = "") -> bytes:
    return multipart([("xml_submission_file", "s.xml", "text/xml", filled(instance or new_id(), place="x"))])


KIND = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.mark.parametrize(("method", "end"), [("GET", "formList"), ("HEAD", "submission"), ("POST", "submission")])
def test_without_credentials_every_address_is_a_401_that_offers_digest(
    in_field: Field, phone: Phone, method: str, end: str
) -> None:
    answer = plain(method, f"{phone.path}/{end}", body=sent() if method == "POST" else b"", content_type=KIND)
    assert answer.status == 401
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Digest realm="Samaki", nonce="')
    assert challenge.endswith('", qop="auth", algorithm=MD5')
    assert Submission.objects.count() == 0


def test_basic_is_offered_over_https_beside_digest_and_nowhere_else(phone: Phone) -> None:
    client = Client()
    offered = {}
    for secure in (False, True):
        answer = client.get(f"{phone.path}/formList", secure=secure)
        offered[secure] = [value.partition(" ")[0] for name, value in answer.items() if name == "WWW-Authenticate"]
    assert offered == {False: ["Digest"], True: ["Digest", "Basic"]}


def test_basic_opens_over_https_and_not_without(phone: Phone) -> None:
    told = base64.b64encode(f"{phone.username}:{phone.password}".encode()).decode()
    wrong = base64.b64encode(f"{phone.username}:wrong".encode()).decode()
    path = f"{phone.path}/formList"
    assert plain("GET", path, secure=True, authorization=f"Basic {told}").status == 200
    assert plain("GET", path, secure=False, authorization=f"Basic {told}").status == 401
    for broken in (wrong, "!", "", base64.b64encode(b"no colon").decode(), base64.b64encode(b"\xff:x").decode()):
        assert plain("GET", path, secure=True, authorization=f"Basic {broken}").status == 401


def test_a_browsers_token_opens_and_no_other(in_field: Field, phone: Phone) -> None:
    issued = issue(in_field.user, in_field.setting.ours, in_field.setting.programme.pk, "browser")
    path = f"{phone.path}/formList"
    assert plain("GET", path, authorization=f"Bearer {issued.token}").status == 200
    for wrong in (issued.token[:-1], f"{phone.username}.{phone.password}", "", "."):
        assert plain("GET", path, authorization=f"Bearer {wrong}").status == 401


@pytest.mark.parametrize("told", ["", "Digest", "Digest x", "Bearer", "Negotiate abc", 'Digest username="', "\x00"])
def test_what_is_no_proof_is_a_401(phone: Phone, told: str) -> None:
    assert plain("GET", f"{phone.path}/formList", authorization=told).status == 401


def test_a_wrong_password_and_an_unknown_name_are_told_alike(phone: Phone) -> None:
    wrong = Phone(phone.server_url, phone.username, "wrong").form_list()
    unknown = Phone(phone.server_url, "phone-nobody", "wrong").form_list()
    assert (wrong.status, wrong.message) == (unknown.status, unknown.message) == (401, wrong.message)
    assert wrong.headers["www-authenticate"].count("stale") == 0


def test_a_client_that_keeps_its_challenge_is_challenged_once(phone: Phone) -> None:
    phone.form_list()
    phone.submit(filled(new_id(), place="x"))
    phone.form_list()
    assert phone.asked == [("GET", 401), ("GET", 200), ("HEAD", 204), ("POST", 201), ("GET", 200)]


def test_a_nonce_expires_after_five_minutes_and_the_client_is_told_that_only_it_is_stale(phone: Phone) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert phone.form_list().status == 200
        clock.shift(LIFETIME - 1)
        assert phone.form_list().status == 200
        clock.shift(2)
        signed = phone.signed("GET", f"{phone.path}/formList")
        stale = plain("GET", f"{phone.path}/formList", authorization=signed)
        assert stale.status == 401
        assert stale.headers["www-authenticate"].endswith(", stale=true")
        phone.asked.clear()
        assert phone.form_list().status == 200
    assert phone.asked == [("GET", 401), ("GET", 200)]


def test_a_stale_nonce_with_a_wrong_password_is_not_called_stale(phone: Phone) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        wrong = Phone(phone.server_url, phone.username, "wrong")
        wrong.form_list()
        clock.shift(LIFETIME + 1)
        answer = plain("GET", f"{phone.path}/formList", authorization=wrong.signed("GET", f"{phone.path}/formList"))
    assert "stale" not in answer.headers["www-authenticate"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_same_request_again_is_a_replay(phone: Phone, method: str) -> None:
    phone.form_list()
    path = f"{phone.path}/{'formList' if method == 'GET' else 'submission'}"
    signed = phone.signed(method, path)
    assert [plain(method, path, authorization=signed).status for _time in range(2)] == [
        200 if method == "GET" else 204,
        401,
    ]


def test_the_same_post_again_is_a_replay_and_stores_nothing(phone: Phone) -> None:
    phone.form_list()
    signed = phone.signed("POST", f"{phone.path}/submission")
    first = plain("POST", f"{phone.path}/submission", body=sent(), content_type=KIND, authorization=signed)
    again = plain("POST", f"{phone.path}/submission", body=sent(), content_type=KIND, authorization=signed)
    assert (first.status, again.status) == (201, 401)
    assert again.headers["www-authenticate"].endswith(", stale=true")
    assert Submission.objects.count() == 1


def test_a_post_that_is_refused_for_its_nonce_is_sent_again_and_taken(phone: Phone) -> None:
    """What OkHttp does when the answer was lost on the way."""
    phone.form_list()
    instance = new_id()
    parts = [("xml_submission_file", "s.xml", "text/xml", filled(instance, place="x"))]
    assert phone.post(parts).status == 201  # type: ignore[arg-type]
    phone._count -= 1
    assert phone.post(parts).status == 202  # type: ignore[arg-type]
    assert [status for method, status in phone.asked if method == "POST"] == [201, 401, 202]


def test_counts_may_come_in_any_order(phone: Phone) -> None:
    phone.form_list()
    path = f"{phone.path}/formList"
    signed = [phone.signed("GET", path) for _time in range(4)]
    assert [plain("GET", path, authorization=one).status for one in reversed(signed)] == [200] * 4


def test_a_signature_is_for_one_address_and_one_method(phone: Phone) -> None:
    phone.form_list()
    signed = phone.signed("GET", f"{phone.path}/formList?formID=visit")
    assert plain("GET", f"{phone.path}/formList", authorization=signed).status == 401
    assert plain("HEAD", f"{phone.path}/formList?formID=visit", authorization=signed).status == 401
    assert plain("GET", f"{phone.path}/formList?formID=visit", authorization=signed).status == 200


def test_a_credential_is_for_one_programme_and_elsewhere_as_a_stranger_sees(in_field: Field, phone: Phone) -> None:
    other = a_setting()
    RoleGrant.objects.create(
        user=in_field.user, role=Role.FACILITATOR, organisation=other.ours, programme_id=other.programme.pk
    )
    a_form(other)
    elsewhere = in_field.phone(programme=other.programme.key)
    nowhere = in_field.phone(programme="no-such-programme")
    statuses = [(one.form_list().status, one.submit(filled(new_id()))[0].status) for one in (elsewhere, nowhere)]
    assert statuses == [(404, 404), (404, 404)]
    assert elsewhere.form_list().message == nowhere.form_list().message
    assert AuditEntry.objects.filter(action="not_found", object_type="openrosa").exists()
    signed = elsewhere.signed("POST", f"{elsewhere.path}/submission")
    posted = plain("POST", f"{elsewhere.path}/submission", body=sent(), content_type=KIND, authorization=signed)
    assert (posted.status, Submission.objects.count()) == (404, 0)


def test_a_revoked_phone_is_a_401(in_field: Field, phone: Phone) -> None:
    assert phone.form_list().status == 200
    revoke_device(device=in_field.issued.device, by=System("tests"), at=timezone.now())
    assert (phone.form_list().status, phone.submit(filled(new_id()))[0].status) == (401, 401)


def test_who_lost_her_role_sees_no_form_and_sends_none(in_field: Field, phone: Phone) -> None:
    RoleGrant.objects.all().delete()
    assert b"<xform>" not in phone.form_list().body
    (answer,) = phone.submit(filled(new_id()))[-1:]
    assert (answer.status, Submission.objects.count()) == (403, 0)
    assert AuditEntry.objects.filter(refused=True, action="submit_form").count() == 1


def test_a_session_opens_nothing_here_and_is_asked_for_nothing(in_field: Field, phone: Phone) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(in_field.user, backend=BACKEND)
    assert client.get(f"{phone.path}/formList").status_code == 401
    with_cookies = in_field.phone()
    with_cookies.transport = InProcess(client=client)
    (answer,) = with_cookies.submit(filled(new_id(), place="x"))
    assert answer.status == 201
    assert client.session.session_key  # the session is as it was


def test_a_csrf_entry_is_ignored(phone: Phone) -> None:
    phone.form_list()
    answer = phone.post(
        [
            ("__csrf", None, "", b"something"),
            ("xml_submission_file", "s.xml", "text/xml", filled(new_id(), place="x")),
        ]
    )
    assert answer.status == 201


def test_a_device_credential_opens_no_page(in_field: Field, phone: Phone) -> None:
    phone.form_list()
    told = base64.b64encode(f"{phone.username}:{phone.password}".encode()).decode()
    for address in ("/", "/activities/", "/people/", "/devices/"):
        for scheme in (phone.signed("GET", address), f"Basic {told}"):
            answer = plain("GET", address, secure=True, authorization=scheme)
            assert (address, answer.status) == (address, 302)
    posted = Client().post("/accounts/login/", {"login": phone.username, "password": phone.password})
    assert posted.status_code == 200  # the form again: it is no user name


def test_guessing_is_held_up_for_the_name_at_the_address_alone(in_field: Field, phone: Phone) -> None:
    wrong = Phone(phone.server_url, phone.username, "wrong")
    statuses = [wrong.form_list().status for _time in range(14)]
    assert (statuses[0], statuses[-1]) == (401, 429)
    assert wrong.form_list().headers["retry-after"] == "300"
    assert in_field.phone(in_field.another()).form_list().status == 200  # her colleague behind the same address
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=301)):
        assert in_field.phone().form_list().status == 200


def test_the_day_of_last_use_is_noted(in_field: Field, phone: Phone) -> None:
    phone.form_list()
    assert DeviceCredential.objects.get().used_on == timezone.localdate()


def test_nonces_spent_by_reading_and_by_posting_are_kept_until_they_expire(phone: Phone) -> None:
    phone.submit(filled(new_id(), place="x"))
    spent = SpentNonce.objects.order_by("count")
    assert [one.count for one in spent] == [1, 2]
    left = {round((one.expires_at - timezone.now()).total_seconds(), -1) for one in spent}
    assert left == {float(LIFETIME)}


@pytest.mark.parametrize(("language", "word"), [("km", "សូម"), ("en", "Please")])
def test_an_error_is_told_in_the_users_language(in_field: Field, language: str, word: str) -> None:
    phone = in_field.phone(in_field.another(language=language))
    phone.form_list()
    answer = phone.ask("POST", f"{phone.path}/submission", b"x", "text/plain")
    assert (answer.status, word in answer.message) == (400, True)
