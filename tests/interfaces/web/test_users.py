"""Users as an administrator keeps them; first who must not, and what is never shown."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.programmes.models import Programme
from samaki.interfaces.web.second_factor import PROVED
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db
POSTS = ("user_role", "user_password", "user_second_step", "user_close")


@pytest.fixture
def setting(db: None) -> Setting:
    return a_setting()


def a_user(setting: Setting, name: str = "dara", role: Role = Role.PARTNER_ME, *, theirs: bool = False) -> User:
    user = User.objects.create(username=name)
    organisation = setting.theirs if theirs else setting.ours
    RoleGrant.objects.create(user=user, role=role, organisation=organisation, programme_id=setting.programme.pk)
    return user


def administrator(setting: Setting) -> Client:
    return somebody(setting, Role.ADMINISTRATOR)


def with_a_second_step(user: User) -> User:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "hidden-secret"})
    return user


def state(user: User) -> tuple[str, bool, int, int]:
    user.refresh_from_db()
    return (user.password, user.is_active, user.role_grants.count(), Authenticator.objects.filter(user=user).count())


def place(setting: Setting) -> str:
    return f"{setting.ours.pk}-{setting.programme.pk}"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_sees_or_changes_a_user(setting: Setting, role: Role) -> None:
    user = with_a_second_step(a_user(setting))
    before, grant = state(user), user.role_grants.get()
    client = somebody(setting, role)
    read = [client.get(reverse(name)).status_code for name in ("users", "user_add")]
    read.append(client.get(reverse("user", args=[user.pk])).status_code)
    sent = [client.post(reverse(name, args=[user.pk])).status_code for name in POSTS]
    sent.append(client.post(reverse("user_role_end", args=[user.pk, grant.pk])).status_code)
    sent.append(client.post(reverse("user_add"), {"username": "new"}).status_code)
    assert (set(read), set(sent), state(user)) == ({403}, {403}, before)


def test_an_administrator_finds_no_user_of_another_organisation(setting: Setting) -> None:
    user = with_a_second_step(a_user(setting, theirs=True))
    before, client = state(user), administrator(setting)
    asked = [client.get(reverse("user", args=[user.pk])).status_code]
    asked += [client.post(reverse(name, args=[user.pk]), {"role": "donor"}).status_code for name in POSTS]
    asked.append(client.post(reverse("user_role_end", args=[user.pk, user.role_grants.get().pk])).status_code)
    assert (set(asked), state(user)) == ({404}, before)
    assert "dara" not in client.get(reverse("users")).content.decode()


def test_the_list_tells_roles_last_sign_in_and_second_step_and_no_secret(setting: Setting) -> None:
    user = with_a_second_step(a_user(setting))
    User.objects.filter(pk=user.pk).update(
        last_login=timezone.make_aware(dt.datetime(2024, 3, 5, 14, 30)), password="x1y2"
    )
    a_user(setting, "bopha", Role.FACILITATOR)
    client = administrator(setting)
    for address in (reverse("users"), reverse("user", args=[user.pk])):
        text = client.get(address).content.decode()
        shown = ("M&amp;E officer" in text, "last signed in 5 March 2024 14:30" in text, "Second step set up" in text)
        assert (shown, "x1y2" in text, "hidden-secret" in text) == ((True, True, True), False, False)
    assert "never signed in" in client.get(reverse("users")).content.decode()


def test_a_user_is_added_and_her_password_is_shown_once(setting: Setting) -> None:
    client = administrator(setting)
    sent = {"username": "sophea", "language": "km", "role": "facilitator", "place": place(setting)}
    answer = client.post(reverse("user_add"), sent)
    found = re.search(r"<code>([a-z2-9-]{23})</code>", answer.content.decode())
    assert found and (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    user = User.objects.get(username="sophea")
    grant = user.role_grants.get()
    assert (user.check_password(found[1]), user.is_example, grant.role, grant.organisation, grant.programme_id) == (
        True,
        False,
        "facilitator",
        setting.ours,
        setting.programme.pk,
    )
    again = client.post(reverse("user_add"), sent)
    assert (again.status_code, "This user name is taken." in again.content.decode()) == (422, True)
    pages = client.get(reverse("users")).content + client.get(reverse("user", args=[user.pk])).content
    assert found[1].encode() not in pages
    assert found[1] not in repr(list(AuditEntry.objects.values()))


def test_a_role_is_given_and_ended_and_not_beyond_what_one_administers(setting: Setting) -> None:
    user, client = a_user(setting), administrator(setting)
    give = reverse("user_role", args=[user.pk])
    assert client.post(give, {"role": "facilitator", "place": place(setting)}).status_code == 302
    grant = user.role_grants.get(role="facilitator")
    other = Programme.objects.create(key="other", name_km="កម្មវិធី", name_en="Other")
    elsewhere = [f"{setting.theirs.pk}-{setting.programme.pk}", f"{setting.ours.pk}-{other.pk}", f"{setting.ours.pk}-"]
    assert [client.post(give, {"role": "donor", "place": one}).status_code for one in elsewhere] == [422] * 3
    twice = client.post(give, {"role": "facilitator", "place": place(setting)})
    assert (twice.status_code, "holds this role already" in twice.content.decode()) == (422, True)
    without_group = client.post(give, {"role": "group_coordinator", "place": place(setting)})
    assert without_group.status_code == 422
    assert client.post(reverse("user_role_end", args=[user.pk, grant.pk])).status_code == 302
    assert sorted(user.role_grants.values_list("role", flat=True)) == ["partner_me"]


def test_a_coordinator_gets_a_group_of_those_one_administers(setting: Setting) -> None:
    user, client = a_user(setting), administrator(setting)
    ours, theirs = setting.mens_group(), setting.mens_group("140201", organisation=setting.theirs)
    give, role = reverse("user_role", args=[user.pk]), {"role": "group_coordinator", "place": place(setting)}
    assert client.post(give, role | {"group": str(theirs.pk)}).status_code == 422
    assert client.post(give, role | {"group": str(ours.pk)}).status_code == 302
    assert user.role_grants.get(role="group_coordinator").group_id == ours.pk


def test_a_new_password_is_shown_once_and_ends_open_sessions(setting: Setting) -> None:
    user, client = a_user(setting), administrator(setting)
    hers = Client()
    hers.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(reverse("user_password", args=[user.pk]))
    found = re.search(r"<code>([a-z2-9-]{23})</code>", answer.content.decode())
    user.refresh_from_db()
    assert found and user.check_password(found[1])
    assert hers.get(reverse("home")).status_code == 302


def test_a_second_step_is_taken_away_only_by_who_has_given_his_own(setting: Setting) -> None:
    user, client = with_a_second_step(a_user(setting)), administrator(setting)
    address = reverse("user_second_step", args=[user.pk])
    session = client.session
    proved = session.pop(PROVED)
    session.save()
    assert (client.post(address).status_code, state(user)[3]) == (403, 1)
    session[PROVED] = proved
    session.save()
    assert (client.post(address).status_code, state(user)[3]) == (302, 0)
    assert client.post(address).status_code == 409
    acts = AuditEntry.objects.filter(action="reset_second_factor")
    assert [(one.details, one.object_id) for one in acts] == [({"taken": 1}, str(user.pk))]


def test_a_user_with_a_role_elsewhere_is_not_taken_over_from_here(setting: Setting) -> None:
    user = with_a_second_step(a_user(setting))
    RoleGrant.objects.create(user=user, role=Role.PARTNER_ME, organisation=setting.theirs)
    before, client = state(user), administrator(setting)
    posts = [name for name in POSTS if name != "user_role"]
    assert [client.post(reverse(name, args=[user.pk])).status_code for name in posts] == [403] * 3
    assert state(user) == before


def test_ones_own_account_is_not_changed_here(setting: Setting) -> None:
    client = administrator(setting)
    user = with_a_second_step(User.objects.get(username__startswith="administrator"))
    before = state(user)
    sent = {"role": "partner_me", "place": place(setting)}
    assert [client.post(reverse(name, args=[user.pk]), sent).status_code for name in POSTS] == [403] * 4
    assert state(user) == before


def test_a_closed_account_signs_in_no_more_and_whoever_holds_no_role_has_no_keeper(setting: Setting) -> None:
    user, client = a_user(setting), administrator(setting)
    hers = Client()
    hers.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(reverse("user_close", args=[user.pk])).status_code == 302
    assert (state(user)[1], hers.get(reverse("home")).status_code) == (False, 302)
    assert "Account closed" in client.get(reverse("users")).content.decode()
    other = a_user(setting, "vanna")
    other.role_grants.update(since=dt.date(2020, 1, 1), until=dt.date(2020, 2, 1))
    assert client.post(reverse("user_password", args=[other.pk])).status_code == 409


def test_the_list_of_users_takes_as_many_queries_for_three_as_for_one(setting: Setting) -> None:
    client, counts = administrator(setting), []
    for number in range(3):
        other = Programme.objects.create(key=f"other-{number}", name_km="កម្មវិធី", name_en="Other")
        user = with_a_second_step(a_user(setting, f"user-{number}"))
        RoleGrant.objects.create(user=user, role=Role.FACILITATOR, organisation=setting.ours, programme_id=other.pk)
        counts.append((queries_of(client, reverse("users")), queries_of(client, reverse("user", args=[user.pk]))))
    assert counts[0] == counts[2]


@pytest.mark.parametrize("after", ["\x00", "²", "zzzz", "x" * 400])
def test_an_odd_mark_breaks_no_list(setting: Setting, after: str) -> None:
    assert administrator(setting).get(reverse("users"), {"after": after}).status_code == 200


def test_a_page_of_users_goes_on_where_the_last_one_ended(setting: Setting) -> None:
    client = administrator(setting)
    for number in range(52):
        a_user(setting, f"user-{number:02}")
    first = client.get(reverse("users")).content.decode()
    mark = re.search(r"\?after=([^\"&]+)", first)
    assert mark
    names = (
        re.findall(r"/users/\d+/", first),
        re.findall(r"/users/\d+/", client.get(reverse("users"), {"after": mark[1]}).content.decode()),
    )
    assert [len(one) for one in names] == [50, 3]
