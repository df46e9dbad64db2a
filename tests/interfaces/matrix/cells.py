"""What a cell of the matrix is, and what it must answer, worked out from a route's line and from nothing else.

A cell is a route, a method, a role and a relation of the reader to the record. `Over` says how near one must stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from samaki.kernel.actors import Role


class Relation(StrEnum):
    OWN = "own"  # works where the record belongs, and is the one named in it
    TEAM = "team"  # works there too, with the same role, for another group or another man
    OTHER = "other"  # the same role at another organisation; who oversees programmes, in another programme
    REFERRED = "referred"  # at a service to which she was referred
    REVOKED = "revoked"  # at a service whose referral was taken back
    CONFLICTED = "conflicted"  # as own, and has declared to be the man's kin
    SUSPENDED = "suspended"  # as own; the account was closed while the session lived on
    EXPIRED = "expired"  # as own until yesterday, when the role ended
    ANONYMOUS = "anonymous"  # not signed in


class Over(IntEnum):
    """How near the record a role must stand; the wider ones hold the narrower."""

    ANYWHERE = 5  # whoever holds the role: pages that show each reader her own
    PROGRAMME = 4
    ORGANISATION = 3
    GROUP = 2
    NAMED = 1  # the one person alone
    REFERRED = 0  # nobody but the service it was sent to


class Outcome(StrEnum):
    OPEN = "open"  # a page, a form to mend, a way on; whatever it is, the reader was let in
    REFUSED = "refused"  # 403
    HIDDEN = "hidden"  # 404, as if it did not exist
    SIGN_IN = "sign in"
    PROOF = "proof wanted"  # 401, of a phone
    NOT_SO = "not by this method"  # 405
    BROKEN = "broken"


class Home(StrEnum):
    """Whose record a route is asked about."""

    FIA = "banteay-srei in fia"
    MPP = "wela in mpp"
    HERS = "womens-service in mpp"


Access = Mapping[Role, Over]
OVERSEERS = frozenset({Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.STEWARD, Role.DONOR, Role.AUTHORITY})
SIGNED_IN = (*(one for one in Relation if one not in {Relation.ANONYMOUS, Relation.SUSPENDED}),)
OTHERS = dict.fromkeys(Role, Over.ANYWHERE)


@dataclass(frozen=True)
class Rule:
    """Who is let in; who is refused, knowing that there is such a page; to everyone else it does not exist.

    `for_all`: whoever is signed in; `public`: whoever asks. `of_a_man`: a tie to the man locks out.
    """

    may: Access = field(default_factory=dict)
    refused: Access = field(default_factory=dict)
    for_all: bool = False
    public: bool = False
    of_a_man: bool = False
    always: Outcome | None = None
    stranger: Outcome = Outcome.SIGN_IN  # who is not signed in, or not any more
    nobody: Outcome = Outcome.HIDDEN  # who is signed in and holds no role, or none that is named here


@dataclass(frozen=True)
class Route:
    name: str
    get: Rule | None = None
    post: Rule | None = None
    home: Home = Home.FIA
    sent: Mapping[str, str] = field(default_factory=dict)  # what is posted; mostly nothing, to be let in is enough
    page: int = 200  # what its page answers by GET to whom it lets in
    straight_on: bool = False  # who works in one programme alone is sent on to it, instead of choosing


def page_status(route: Route, *, in_one_programme: bool) -> int:
    return 302 if route.straight_on and in_one_programme else route.page


def expected(route: Route, method: str, role: Role, relation: Relation) -> Outcome:
    """What the table says that this reader is answered."""
    rule = route.get if method == "GET" else route.post
    other = route.post if method == "GET" else route.get
    asked = rule or other or Rule()
    is_public = asked.public or (rule is None and asked.stranger is not Outcome.SIGN_IN)
    if rule is not None and rule.always is not None:
        return rule.always
    if relation in {Relation.ANONYMOUS, Relation.SUSPENDED} and not is_public:
        return (rule or Rule()).stranger
    if rule is None:
        return Outcome.NOT_SO
    if rule.public or rule.for_all:
        return Outcome.OPEN
    if _stands_near(route, rule, rule.may, role, relation):
        return Outcome.OPEN
    if relation is Relation.EXPIRED:
        return rule.nobody
    return Outcome.REFUSED if _stands_near(route, rule, rule.refused, role, relation) else Outcome.HIDDEN


def _stands_near(route: Route, rule: Rule, access: Access, role: Role, relation: Relation) -> bool:
    over = access.get(role)
    if over is None or relation is Relation.EXPIRED:
        return False
    if over is Over.REFERRED:
        return relation is Relation.REFERRED
    if over is Over.ANYWHERE:
        return True
    if relation is Relation.CONFLICTED:
        return over is not Over.NAMED and not rule.of_a_man  # whom the record names is another
    if relation is Relation.OWN:
        return True
    if relation is Relation.TEAM:
        return over >= Over.ORGANISATION
    in_programme = relation is Relation.OTHER or route.home is not Home.FIA  # services stand in mpp alone
    return over is Over.PROGRAMME and in_programme and role not in OVERSEERS
