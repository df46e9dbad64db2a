"""A real site, from an empty data folder to a figure, and who must not set anything up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker, Settings

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.accounts.operations import create_user
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.interfaces.cli import arguments, reference_data
from samaki.kernel.actors import Role, System
from samaki.kernel.audit.models import AuditEntry
from tests.conftest import kept_for_a_module
from tests.factories.field import NOW
from tests.interfaces.cli.conftest import Said, Samaki

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh")]

PASSWORD = "nine lotus ponds"
BY = ("--as", "sokha")
CASES = (
    "Case code,Group,Province,District,Commune,Number of sessions\n"
    "A-1,First men,Pursat,Bakan,150101,2\n"
    "A-2,First men,Pursat,Bakan,150101,1\n"
    "A-3,First men,Pursat,Bakan,150101,4\n"
)


@pytest.fixture(scope="module")
def fresh(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What the first command leaves in an empty data folder."""
    with kept_for_a_module(django_db_blocker):
        reference_data.load()
        yield


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Settings) -> None:
    """Each test adds five users; what Argon2 costs by design is no part of what they ask."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def enter(samaki: Samaki, monkeypatch: pytest.MonkeyPatch) -> Samaki:
    """Runs `samaki user …` with a password on standard input."""

    def run(*words: str, password: str = PASSWORD) -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        return samaki("user", *words, "--password-stdin")

    return run


def _add(enter: Samaki, name: str, role: str, organisation: str, *words: str) -> int:
    return enter("add", name, "--role", role, "--organisation", organisation, *words).code


def _programme(samaki: Samaki, key: str, lead: str, by: str) -> Said:
    return samaki("programme", "add", key, "--name-en", "Safe", "--name-km", "សុវត្ថិភាព", "--lead", lead, "--as", by)


@pytest.fixture
def started(samaki: Samaki, enter: Samaki) -> None:
    """sokha administers our-group and its programme safe; vanna administers wela, which has no part in it."""
    assert _add(enter, "sokha", "administrator", "our-group", "--organisation-name", "Our group") == 0
    assert samaki("organisation", "add", "wela", "--name-en", "WELA", "--kind", "local_ngo", *BY).code == 0
    assert _add(enter, "vanna", "administrator", "wela") == 0
    assert _programme(samaki, "safe", "our-group", "sokha").code == 0


@pytest.fixture
def working(samaki: Samaki, enter: Samaki, started: None) -> None:
    words = ("--programme", "safe", "--organisation", "our-group", "--kind", "mens_group", "--name-en", "First men")
    assert samaki("programme", "place", "safe", "150101", "--area", "old", *BY).code == 0
    assert samaki("group", "add", "first-men", *words, "--place", "150101", "--formed-on", "2024-02-01", *BY).code == 0
    for name, role in (("dara", "programme_officer"), ("bopha", "case_supervisor"), ("chan", "donor")):
        assert _add(enter, name, role, "our-group", "--programme", "safe", *BY) == 0


@pytest.mark.usefixtures("working")
def test_an_administrator_sets_up_a_site_whose_workbook_becomes_a_figure(samaki: Samaki, tmp_path: Path) -> None:
    register = tmp_path / "cases.csv"
    register.write_text(CASES, encoding="utf-8")
    assert samaki("import", "cases", str(register), "--as", "bopha").code == 0
    words = ("figure", "safe", "perpetrators_counselled", "--by", "area", "--format", "json", "--as", "dara")
    found = samaki(*words).json()
    assert (found["value"], {cell["area"]: cell["value"] for cell in found["by"] if cell["value"]}) == (3, {"old": 3})


@pytest.mark.usefixtures("working")
def test_who_set_everything_up_reads_neither_names_nor_cases(samaki: Samaki, tmp_path: Path) -> None:
    register = tmp_path / "cases.csv"
    register.write_text(CASES, encoding="utf-8")
    assert samaki("import", "cases", str(register), *BY).code == 1
    assert samaki("import", "cases", str(register), "--as", "bopha").code == 0
    said = samaki("records", "safe", "perpetrators_counselled", "--reason", "curious", *BY)
    assert (said.code, said.out) == (1, "")


@pytest.mark.usefixtures("started")
def test_what_was_said_of_a_programme_and_an_organisation_is_what_stands(samaki: Samaki) -> None:
    words = ("--name-en", "W", "--name-km", "វី", "--kind", "community_based", "--women-led", "yes")
    assert samaki("organisation", "add", "waves", *words, *BY).code == 0
    made = Organisation.objects.get(key="waves")
    assert (made.name_latin, made.name_km, made.kind, made.women_led) == ("W", "វី", "community_based", True)
    assert Organisation.objects.get(key="wela").women_led is None
    assert samaki("programme", "partner", "safe", "waves", "--part", "member", "--since", "2024-03-01", *BY).code == 0
    parts = ProgrammeRole.objects.order_by("part").values_list("organisation__key", "part", "since__month")
    assert list(parts) == [("our-group", "lead", None), ("waves", "member", 3)]
    more = ("--starts", "2024-01-01", "--ends", "2025-12-31", "--fiscal-month", "4", "--gender-marker", "2")
    names = ("--name-en", "Second", "--name-km", "ទីពីរ", "--lead", "our-group")
    assert samaki("programme", "add", "second", *names, *more, *BY).code == 0
    second = Programme.objects.get(key="second")
    assert (second.starts_on.isoformat() if second.starts_on else "", second.fiscal_year_starts_in) == ("2024-01-01", 4)
    assert (second.gender_marker, Programme.objects.get(key="safe").gender_marker) == (2, None)


@pytest.mark.usefixtures("started")
def test_who_sets_up_a_programme_administers_it_and_another_of_her_organisation_does_not(
    samaki: Samaki, enter: Samaki
) -> None:
    held = RoleGrant.objects.filter(user__username="sokha").order_by("pk").values_list("role", "programme_id")
    safe = Programme.objects.get(key="safe").pk
    assert list(held) == [("administrator", None), ("administrator", safe)]
    with_her = ("administrator", "our-group", "--programme", "safe")
    assert _add(enter, "sister", *with_her) == 2  # the machine names one only where there is none
    assert _add(enter, "officer", "programme_officer", "our-group", "--programme", "safe", "--as", "vanna") == 1
    assert _add(enter, "sister", *with_her, *BY) == 0
    assert samaki("programme", "place", "safe", "15", "--as", "sister").code == 0
    assert _programme(samaki, "third", "our-group", "sister").code == 1


CHANGES = (
    ("organisation", "add", "new", "--name-en", "New", "--kind", "donor"),
    ("programme", "add", "new", "--name-en", "New", "--name-km", "ថ្មី", "--lead", "our-group"),
    ("programme", "partner", "safe", "wela"),
    ("programme", "place", "safe", "04"),
    (
        "group",
        "add",
        "new",
        "--programme",
        "safe",
        "--organisation",
        "our-group",
        "--kind",
        "network",
        "--name-en",
        "N",
    ),
    ("user", "password", "dara", "--password-stdin"),
    ("user", "role", "dara", "programme_officer", "--revoke"),
    ("user", "close", "dara"),
)


def _standing() -> list[object]:
    tables = (Organisation, Programme, ProgrammeRole, ProgrammePlace, Group, RoleGrant, User)
    return [sorted(table.objects.values_list()) if table is not User else _accounts() for table in tables]


def _accounts() -> list[tuple[object, ...]]:
    return sorted(User.objects.values_list("username", "password", "is_active"))


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("words", CHANGES, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize("who", ["chan", "bopha"])
def test_a_donor_and_a_supervisor_set_nothing_up_and_the_refusal_is_kept(
    samaki: Samaki, words: tuple[str, ...], who: str
) -> None:
    before = repr(_standing())
    said = samaki(*words, "--as", who)
    assert (said.code, said.out) == (1, "")
    kept = AuditEntry.objects.latest("pk")
    assert (kept.refused, kept.actor_name, repr(_standing()) == before) == (True, who, True)


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("words", CHANGES[1:], ids=lambda words: " ".join(words[:2]))
def test_an_administrator_of_another_organisation_changes_nothing_of_this_programme(
    samaki: Samaki, words: tuple[str, ...]
) -> None:
    before = repr(_standing())
    said = samaki(*words, "--as", "vanna")
    # Users of others are unknown to her, whether they exist or not.
    assert (said.code, said.out) == (2 if words[0] == "user" else 1, "")
    assert repr(_standing()) == before


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("programme", "partner", "saf", "wela"), "Did you mean: safe?"),
        (("programme", "partner", "safe", "wella"), "Did you mean: wela?"),
        (("programme", "place", "safe", "Prey Vengand"), "Prey Veng 14"),
        (("programme", "place", "safe", "Thmei"), "give the code"),
        (("user", "close", "dera"), "Did you mean: dara?"),
        (("user", "role", "dara", "donor", "--revoke"), "she holds: programme_officer"),
        (("organisation", "add", "No Key", "--name-en", "N", "--kind", "donor"), "joined by hyphens"),
        (("organisation", "add", "x", "--name-en", "N", "--kind", "club"), "invalid choice"),
        (("organisation", "add", "x", "--name-en", "N", "--kind", "donor", "--women-led", "1"), "neither yes nor no"),
        (("user", "role", "dara", "programme_officer"), "--revoke"),
    ],
)
def test_what_names_nothing_is_told_with_what_is_like_it(samaki: Samaki, words: tuple[str, ...], hint: str) -> None:
    said = samaki(*words, *BY)
    assert (said.code, said.out, hint in said.err) == (2, "", True), said.err


@pytest.mark.usefixtures("working")
def test_a_group_coordinator_is_added_with_a_group_of_the_site(enter: Samaki) -> None:
    words = ("add", "kosal", "--role", "group_coordinator", "--organisation", "our-group", *BY)
    without = enter(*words)
    assert (without.code, "--group KEY" in without.err) == (2, True)
    mistyped = enter(*words, "--group", "first-man")
    assert (mistyped.code, "Did you mean: first-men?" in mistyped.err) == (2, True)
    assert enter(*words, "--group", "first-men").code == 0
    grant = RoleGrant.objects.get(user__username="kosal")
    group = Group.objects.get(key="first-men")
    assert (grant.group_id, grant.programme_id) == (group.pk, group.programme_id)


@pytest.mark.usefixtures("working")
def test_a_forgotten_password_is_replaced_and_stands_nowhere_in_the_trail(samaki: Samaki, enter: Samaki) -> None:
    assert enter("password", "dara", *BY, password="short").code == 2
    assert enter("password", "dara", *BY, password="ten lotus ponds").code == 0
    assert User.objects.get(username="dara").check_password("ten lotus ponds")
    kept = AuditEntry.objects.filter(action="set_password").get()
    assert (kept.actor_name, kept.details) == ("sokha", {})
    assert samaki("user", "password", "dara", *BY).code == 2  # no terminal to ask on


@pytest.mark.usefixtures("working")
def test_a_role_ends_and_an_account_closes(samaki: Samaki) -> None:
    assert samaki("user", "role", "dara", "programme_officer", "--revoke", *BY).code == 0
    assert RoleGrant.objects.filter(user__username="dara").count() == 0
    assert samaki("user", "close", "bopha", *BY).code == 0
    assert not User.objects.get(username="bopha").is_active


@pytest.mark.usefixtures("started")
def test_where_nobody_administers_any_more_whoever_holds_the_machine_names_who_does(enter: Samaki) -> None:
    assert _add(enter, "next", "administrator", "wela") == 2
    User.objects.filter(username="vanna").update(is_active=False)
    assert _add(enter, "next", "partner_me", "wela") == 2
    assert _add(enter, "next", "administrator", "wela") == 0


def test_a_site_without_a_programme_says_so(samaki: Samaki) -> None:
    said = samaki("figure", "safe", "perpetrators_counselled")
    assert (said.code, said.err) == (2, "samaki: There is no programme yet.\n")
    create_user(
        username="alone",
        password=PASSWORD,
        language="en",
        role=Role.ADMINISTRATOR,
        organisation=Organisation.objects.create(key="ours", name_latin="Ours", kind="local_ngo"),
        programme_id=None,
        by=System("test"),
        at=NOW,
    )
    asked = samaki("programme", "place", "safe", "15", "--as", "alone")
    assert (asked.code, "`samaki programme add` makes one" in asked.err) == (2, True)


def test_the_words_of_the_command_line_are_those_of_the_records() -> None:
    assert tuple(Organisation.Kind.values) == arguments.ORGANISATION_KINDS
    assert tuple(ProgrammeRole.Part.values) == arguments.PARTS
    assert tuple(ProgrammePlace.Area.values) == arguments.AREAS
    assert tuple(Group.Kind.values) == arguments.GROUP_KINDS
