"""Every route × role × relation, each really asked, against what its line in routes.py says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from samaki.kernel.actors import Role
from tests.interfaces.matrix.cells import Home, Outcome, Relation, Route, expected, page_status
from tests.interfaces.matrix.routes import LINES, ROUTES
from tests.interfaces.matrix.shared import asked, world
from tests.interfaces.matrix.world import World

__all__ = ["world"]
pytestmark = pytest.mark.django_db

EVERY = tuple(one for one in Relation if one is not Relation.ANONYMOUS)  # of the first role that a line names
NEAR = (Relation.OWN, Relation.TEAM, Relation.OTHER, Relation.EXPIRED)  # of its others
OF_SURVIVORS_AND_MEN = (*NEAR, Relation.CONFLICTED, Relation.REFERRED, Relation.REVOKED)  # … about a man or a woman
PRYING = (Role.DONOR, Role.COUNSELLOR, Role.ADMINISTRATOR)  # who is asked about what does not exist
OF_EVERY_PAGE = (  # who is asked of each page, whether its line names her or not
    (Role.PARTNER_ME, Relation.OWN),
    (Role.PARTNER_ME, Relation.OTHER),
    (Role.PROGRAMME_OFFICER, Relation.OWN),
    (Role.DONOR, Relation.OWN),
    (Role.AUTHORITY, Relation.OTHER),
    (Role.ADMINISTRATOR, Relation.OTHER),
)
OUTCOMES = {401: Outcome.PROOF, 403: Outcome.REFUSED, 404: Outcome.HIDDEN, 405: Outcome.NOT_SO}
SHUT = {Outcome.REFUSED, Outcome.HIDDEN}
CHANGING = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|data-csrf="[^"]*"|"X-CSRFToken": "[^"]*"|nonce="[^"]*"|next=[^"]*'
)
Cell = tuple[str, str, Role, Relation]


def named_routes(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from named_routes(pattern.url_patterns)
        elif pattern.name and not pattern.name.startswith(("account_", "mfa_")):
            yield pattern.name


def cells_of(route: Route, *, wide: bool) -> Iterator[Cell]:
    """Each once. The first role that a line names is asked in every relation, its others where relations differ, every
    other role as a colleague; a method that a line leaves out by one reader. Not `wide`: the first role alone."""
    for method, rule in (("GET", route.get), ("POST", route.post)):
        yield route.name, method, Role.DONOR, Relation.ANONYMOUS
        if rule is None or rule.always is not None:
            yield route.name, method, Role.PARTNER_ME, Relation.OWN
            continue
        if rule.for_all or rule.public:
            yield route.name, method, Role.PARTNER_ME, Relation.EXPIRED
            yield route.name, method, Role.PARTNER_ME, Relation.SUSPENDED
        first, near = next(iter(rule.may), None), NEAR if route.home is Home.FIA else OF_SURVIVORS_AND_MEN
        for role in Role if wide else [*rule.may][:1]:
            relations = EVERY if role is first else near if role in rule.may else (Relation.OWN,)
            yield from ((route.name, method, role, one) for one in relations)


def asked_of(route: Route) -> list[Cell]:
    """`cells_of` the route, and each reader OF_EVERY_PAGE; each once."""
    cells = [*cells_of(route, wide=True)]
    if route.get:
        cells += [(route.name, "GET", *reader) for reader in OF_EVERY_PAGE]
    if route.straight_on:
        cells.append((route.name, "GET", Role.PARTNER_ME, Relation.REFERRED))  # in one programme alone
    return list(dict.fromkeys(cells))


def answered(world: World, cell: Cell) -> HttpResponse:
    """The answer, and nothing of it kept."""
    name, method, role, relation = cell
    client, address = world.readers.client(role, relation), world.address(name, relation, method)
    return asked(client, method, address, dict(ROUTES[name].sent))


def told(answer: HttpResponse, address: str) -> tuple[int, bytes]:
    """All that the answer says, but for what was asked and what differs from one answer to the next."""
    return answer.status_code, CHANGING.sub(b"", answer.content.replace(address.encode(), b""))


def outcome(answer: HttpResponse) -> Outcome:
    if answer.status_code >= 500:
        return Outcome.BROKEN
    if answer.status_code == 302 and answer.headers["Location"].partition("?")[0] == reverse("account_login"):
        return Outcome.SIGN_IN
    return OUTCOMES.get(answer.status_code, Outcome.OPEN)


def found_and_said(world: World, cell: Cell) -> tuple[object, object]:
    """What the reader is answered and what the table says; of a page that is open to her, its status too."""
    route, answer = ROUTES[cell[0]], answered(world, cell)
    found, said = outcome(answer), expected(route, *cell[1:])
    if cell[1] == "GET" and found is said is Outcome.OPEN:
        status = page_status(route, in_one_programme=world.readers.in_one_programme(*cell[2:]))
        return answer.status_code, status
    return found, said


def test_every_route_has_its_line_and_one_alone() -> None:
    assert sorted(named_routes()) == sorted(one.name for one in LINES)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_each_reader_is_let_in_refused_or_told_nothing_as_the_table_says(world: World, name: str) -> None:
    both = {cell[1:]: found_and_said(world, cell) for cell in asked_of(ROUTES[name])}
    assert {cell: (found, said) for cell, (found, said) in both.items() if found != said} == {}


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_whoever_is_not_let_in_is_told_the_same_of_a_record_that_does_not_exist(world: World, name: str) -> None:
    absent = world.absent(name)
    cells = [*cells_of(ROUTES[name], wide=False)]
    cells += [(name, "GET", role, Relation.OWN) for role in PRYING if ROUTES[name].get]
    cells = [cell for cell in cells if expected(ROUTES[name], *cell[1:]) in SHUT and not _reads_it(cell)]
    if absent is not None:
        found = {cell: told(answered(world, cell), world.address(name, cell[3], cell[1])) for cell in cells}
        nothing = {
            cell: told(asked(world.readers.client(*cell[2:]), cell[1], absent, dict(ROUTES[name].sent)), absent)
            for cell in cells
        }
        assert [cell for cell in cells if found[cell] != nothing[cell]] == []


def _reads_it(cell: Cell) -> bool:
    """Whether it is no secret to this reader: she reads it, and may not change it."""
    name, method, role, _relation = cell
    rule = ROUTES[name].get if method == "GET" else ROUTES[name].post
    return rule is not None and role in rule.may and expected(ROUTES[name], *cell[1:]) is Outcome.REFUSED
