from __future__ import annotations

import re
from typing import cast

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.dispatch import Signal
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from samaki.ground.accounts.models import User
from samaki.interfaces.web.requests import ActorRequest
from samaki.kernel.actors import Actor, Role
from samaki.kernel.audit.models import AuditEntry
from tests.interfaces.web.conftest import PASSWORD, MakeUser

pytestmark = pytest.mark.django_db
HOME = "/"


def actor_after(client: Client) -> Actor:
    """Who our middleware says is acting."""
    return cast(ActorRequest, client.get(HOME).wsgi_request).actor


def test_a_stranger_is_sent_to_the_sign_in_page_from_every_page_of_the_frame(client: Client) -> None:
    for name in ("home", "more", "still_here", "unlock", "lock", "mfa_index", "account_change_password"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/accounts/login/"), name


def test_name_and_password_open_home(client: Client, make_user: MakeUser) -> None:
    make_user("sokha", Role.PARTNER_ME)
    answer = client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [(HOME, 302)]
    actor = cast(ActorRequest, answer.wsgi_request).actor
    assert (actor.name, actor.second_factor) == ("sokha", False)


def test_a_wrong_password_is_told_beside_the_form_and_signs_nobody_in(client: Client, make_user: MakeUser) -> None:
    make_user("sokha")
    answer = client.post("/accounts/login/", {"login": "sokha", "password": "something else"})
    assert "The name and the password do not match. Please try again." in answer.content.decode() or (
        "ឈ្មោះ និងពាក្យសម្ងាត់មិនត្រូវគ្នាទេ។" in answer.content.decode()
    )
    assert "_auth_user_id" not in client.session


def test_five_wrong_passwords_close_sign_in_even_to_the_right_one(client: Client, make_user: MakeUser) -> None:
    make_user("sokha")
    for _time in range(5):
        answer = client.post("/accounts/login/", {"login": "sokha", "password": "something else"})
    assert answer.status_code == 429
    assert "account/locked_out.html" in {template.name for template in answer.templates}
    client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_example_users_are_listed_on_an_example_site(client: Client, make_user: MakeUser) -> None:
    make_user("officer", Role.PROGRAMME_OFFICER, example=True)
    make_user("donor", Role.DONOR, example=True)
    page = client.get("/accounts/login/")
    found = re.findall(r'action="/sign-in/example/([\w-]+)/"', page.content.decode())
    assert found == ["officer", "donor"]


def test_no_user_is_listed_as_soon_as_one_is_real(client: Client, make_user: MakeUser) -> None:
    make_user("officer", Role.PROGRAMME_OFFICER, example=True)
    make_user("sokha")
    page = client.get("/accounts/login/")
    assert "sign-in/example" not in page.content.decode()
    assert "officer" not in page.content.decode()


def test_one_tap_signs_in_an_example_user_with_the_second_step_given(client: Client, make_user: MakeUser) -> None:
    make_user("officer", Role.PROGRAMME_OFFICER, example=True)
    answer = client.post(reverse("sign_in_as_example", args=["officer"]), {"next": "/more/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/more/")
    actor = actor_after(client)
    assert (actor.name, actor.second_factor) == ("officer", True)


def test_one_tap_is_refused_on_a_real_site_and_for_a_real_user(client: Client, make_user: MakeUser) -> None:
    make_user("officer", Role.PROGRAMME_OFFICER, example=True)
    make_user("sokha")
    for name in ("officer", "sokha", "nobody"):
        assert client.post(reverse("sign_in_as_example", args=[name])).status_code == 403
    assert "_auth_user_id" not in client.session


def test_one_tap_needs_a_post_with_a_token(make_user: MakeUser) -> None:
    make_user("officer", example=True)
    strict = Client(enforce_csrf_checks=True)
    address = reverse("sign_in_as_example", args=["officer"])
    assert (strict.get(address).status_code, strict.post(address).status_code) == (405, 403)
    assert "_auth_user_id" not in strict.session


def test_an_example_session_ends_when_the_site_becomes_real(client: Client, make_user: MakeUser) -> None:
    make_user("supervisor", Role.CASE_SUPERVISOR, example=True)
    client.post(reverse("sign_in_as_example", args=["supervisor"]))
    assert actor_after(client).second_factor is True
    make_user("sokha")
    answer = client.get(HOME)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_a_locked_example_session_ends_too_when_the_site_becomes_real(client: Client, make_user: MakeUser) -> None:
    make_user("supervisor", Role.CASE_SUPERVISOR, example=True)
    client.post("/accounts/login/", {"login": "supervisor", "password": PASSWORD})
    client.post(reverse("lock"))
    make_user("sokha")
    assert client.post(reverse("unlock"), {"password": PASSWORD}).status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_printed_password_opens_an_example_account_only_on_an_example_site(
    client: Client, make_user: MakeUser
) -> None:
    make_user("officer", Role.PROGRAMME_OFFICER, example=True)
    entries = {"login": "officer", "password": PASSWORD}
    assert Client().post("/accounts/login/", entries).status_code == 302
    make_user("sokha")
    answer = client.post("/accounts/login/", entries)
    assert (answer.status_code, "_auth_user_id" in client.session) == (403, False)
    assert actor_after(client).user_id is None
    entry = AuditEntry.objects.latest("pk")
    assert (entry.refused, entry.details["code"]) == (True, "example_account_closed")
    assert client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD}).status_code == 302


def test_one_tap_leads_to_no_other_site(client: Client, make_user: MakeUser) -> None:
    make_user("officer", example=True)
    answer = client.post(reverse("sign_in_as_example", args=["officer"]), {"next": "https://example.org/"})
    assert answer.headers["Location"] == HOME


@pytest.fixture
def code_app(signed_in: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Client:
    """A signed-in browser that has shown the password again, as such a change asks, and turned the code app on."""
    signed_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = signed_in.get(reverse("mfa_activate_totp")).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.post(reverse("mfa_activate_totp"), {"code": code_for(secret)}).status_code == 302
    return signed_in


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06d}"


def test_setting_up_the_code_app_gives_the_second_step_at_once(code_app: Client) -> None:
    assert told_after_commit(code_app, authenticator_added) is True
    assert told_after_commit(code_app, authenticator_removed) is False


def told_after_commit(client: Client, signal: Signal) -> bool:
    """allauth tells of it on commit, inside the request; a test's own transaction ends later, so it is told again."""
    request = RequestFactory().get(HOME)
    session = client.session
    request.session = session
    authenticator = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    signal.send(Authenticator, request=request, user=authenticator.user, authenticator=authenticator)
    session.save()
    return actor_after(client).second_factor


def test_a_code_at_sign_in_gives_the_second_step(client: Client, make_user: MakeUser) -> None:
    user = make_user("sokha", Role.PARTNER_ME)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert actor_after(client).second_factor is True


def test_a_code_serves_once_whichever_process_answers(make_user: MakeUser) -> None:
    """allauth remembers used codes in the memory of one process; here each sign-in meets another."""
    user = make_user("sokha", Role.PARTNER_ME)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    code, let_in = code_for(secret), []
    for _process in range(2):
        cache.clear()
        client = Client()
        client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD})
        client.post(reverse("mfa_authenticate"), {"code": code})
        let_in.append("_auth_user_id" in client.session)
    assert let_in == [True, False]
    cache.clear()
    signed_in = Client()
    signed_in.force_login(user)
    assert signed_in.post(reverse("mfa_reauthenticate"), {"code": code}).status_code == 200


def test_turning_the_code_app_off_takes_the_second_step_away(
    code_app: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        code_app.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 0
    assert actor_after(code_app).second_factor is False


@pytest.mark.parametrize(
    "address",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
    ],
)
def test_pages_of_security_open_in_our_frame(signed_in: Client, address: str) -> None:
    signed_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = signed_in.get(reverse(address))
    assert page.status_code == 200
    assert "base.html" in {template.name for template in page.templates}


def test_changing_the_second_step_asks_for_the_password_again(signed_in: Client) -> None:
    answer = signed_in.get(reverse("mfa_activate_totp"))
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("account_reauthenticate"))


def test_recovery_codes_can_be_made_and_read_once_a_second_step_stands(code_app: Client) -> None:
    code_app.post(reverse("mfa_generate_recovery_codes"))
    codes = code_app.get(reverse("mfa_view_recovery_codes"))
    assert len(codes.context["unused_codes"]) == 10
    assert code_app.get(reverse("mfa_generate_recovery_codes")).status_code == 200
    assert code_app.get(reverse("mfa_deactivate_totp")).status_code == 200


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "confirm-email/", "login/code/confirm/"])
def test_what_accounts_here_do_not_have_is_not_there(signed_in: Client, path: str) -> None:
    assert signed_in.get(f"/accounts/{path}").status_code == 404


def test_a_changed_password_opens_the_account(signed_in: Client) -> None:
    new = "another long pass phrase"
    signed_in.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert User.objects.get(username="sokha").check_password(new) is True


def test_leaving_ends_the_session(signed_in: Client) -> None:
    assert signed_in.post(reverse("leave")).status_code == 204
    assert signed_in.get(HOME).status_code == 302


def test_passwords_are_hashed_with_argon2() -> None:
    assert make_password("x").startswith("argon2$argon2id$")
