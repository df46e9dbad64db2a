"""Who may do what to which records: the one module that answers it (domain.md section 6).

`RULES` gives, for each action, the roles that may and how far: over the records of their own organisation, or of the
whole programme. A query narrows itself by `reach(...).q(...)`; an operation calls `require(...)`. What no rule grants
is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor, Grant, Role, System
from samaki.kernel.errors import Refused


class Action(StrEnum):
    SEE_PROGRAMME = "see_programme"  # T2: activities, groups, unpublished aggregates
    SEE_PEOPLE = "see_people"  # T3: names, phones, attendance
    SEE_OWN_ATTENDANCE = "see_own_attendance"  # T3 of the activities one facilitates, and of no other
    EDIT_PEOPLE = "edit_people"
    RECORD_ACTIVITY = "record_activity"
    RECORD_TALLY = "record_tally"
    SUBMIT_REPORT = "submit_report"
    VERIFY_REPORT = "verify_report"
    VERIFY_RECORD = "verify_record"  # what was sent from the field; names in it are SEE_PEOPLE's
    LOCK_PERIOD = "lock_period"
    EDIT_PROGRAMME = "edit_programme"
    EDIT_FORMS = "edit_forms"  # draft, publish, withdraw, match; what was sent is SEE_PEOPLE's
    SET_UP = "set_up"  # organisations, programmes, who takes part and where: T1, nothing that is recorded
    FORM_GROUP = "form_group"  # that a group stands, never who belongs
    EDIT_CURRICULUM = "edit_curriculum"  # curricula, themes, instruments: T2, no names
    RUN_SERIES = "run_series"  # series, who led; names in it are SEE_PEOPLE's
    CERTIFY = "certify"  # assess, certify, withdraw, note a coaching visit: T3
    RAISE_NEED = "raise_need"
    ANSWER_NEED = "answer_need"  # put in order, answer by a training, decline
    SEE_CASES = "see_cases"  # T4: every read is logged with its reason
    RECORD_CASE = "record_case"
    LINK_ACROSS = "link_across"  # masked pairs of people of two organisations: who is one person, and nobody's name
    COUNSEL = "counsel"  # T4: the cases one counsels, and no other
    DECIDE_REQUEST = "decide_request"  # at the conference
    RECORD_AUTHORITY = "record_authority"  # what an authority did, and when; nobody is named
    VET = "vet"  # T4: the steps of a candidacy, and what was said
    DECIDE_VETTING = "decide_vetting"
    SEE_CLEARANCE = "see_clearance"  # whether somebody is cleared, never why
    SEE_SURVIVOR = "see_survivor"  # T4: her side
    RECORD_SURVIVOR = "record_survivor"  # T4: her side
    EDIT_SERVICES = "edit_services"  # the directory
    OPEN_EMERGENCY = "open_emergency"  # T4: sixty minutes, with a reason and a second person
    LET_GO = "let_go"  # what is due to go, by count; names and codes in it are others' to see
    READ_AUDIT = "read_audit"
    MANAGE_USERS = "manage_users"
    LOAD_PLACES = "load_places"


class Over(Enum):
    """How far a role reaches."""

    ORGANISATION = "own organisation, in the programme of the grant"
    PROGRAMME = "every organisation of the programme of the grant"
    GROUP = "own group"


_O, _P, _G = Over.ORGANISATION, Over.PROGRAMME, Over.GROUP

RULES: Mapping[Action, Mapping[Role, Over]] = {
    Action.SEE_PROGRAMME: {
        Role.PROGRAMME_OFFICER: _P,
        Role.AUDITOR: _P,
        Role.PARTNER_ME: _O,
        Role.PARTNER_FINANCE: _O,
        Role.FACILITATOR: _O,
        Role.GROUP_COORDINATOR: _O,
        Role.CASE_SUPERVISOR: _O,
    },
    Action.SEE_PEOPLE: {Role.PARTNER_ME: _O},
    Action.SEE_OWN_ATTENDANCE: {Role.FACILITATOR: _O},
    Action.EDIT_PEOPLE: {Role.PARTNER_ME: _O},
    Action.RECORD_ACTIVITY: {Role.PARTNER_ME: _O, Role.FACILITATOR: _O},
    Action.RECORD_TALLY: {Role.PARTNER_ME: _O, Role.FACILITATOR: _O, Role.GROUP_COORDINATOR: _O},
    Action.SUBMIT_REPORT: {Role.PARTNER_ME: _O, Role.GROUP_COORDINATOR: _O},
    Action.VERIFY_REPORT: {Role.PROGRAMME_OFFICER: _P},
    Action.VERIFY_RECORD: {Role.PARTNER_ME: _O, Role.PROGRAMME_OFFICER: _P},
    Action.LOCK_PERIOD: {Role.PROGRAMME_OFFICER: _P},
    Action.EDIT_PROGRAMME: {Role.PROGRAMME_OFFICER: _P},
    Action.EDIT_FORMS: {Role.PARTNER_ME: _O, Role.PROGRAMME_OFFICER: _P},
    Action.SET_UP: {Role.PROGRAMME_OFFICER: _P, Role.ADMINISTRATOR: _P},
    Action.FORM_GROUP: {Role.PARTNER_ME: _O, Role.FACILITATOR: _O, Role.ADMINISTRATOR: _P},
    Action.EDIT_CURRICULUM: {Role.PARTNER_ME: _O, Role.PROGRAMME_OFFICER: _P},
    Action.RUN_SERIES: {Role.PARTNER_ME: _O, Role.FACILITATOR: _O},
    Action.CERTIFY: {Role.PARTNER_ME: _O},
    Action.RAISE_NEED: {Role.PARTNER_ME: _O, Role.FACILITATOR: _O, Role.GROUP_COORDINATOR: _O},
    Action.ANSWER_NEED: {Role.PARTNER_ME: _O, Role.PROGRAMME_OFFICER: _P},
    Action.SEE_CASES: {Role.CASE_SUPERVISOR: _O, Role.GROUP_COORDINATOR: _G},
    Action.RECORD_CASE: {Role.CASE_SUPERVISOR: _O, Role.GROUP_COORDINATOR: _G},
    Action.LINK_ACROSS: {Role.STEWARD: _P},
    Action.COUNSEL: {Role.COUNSELLOR: _O},
    Action.DECIDE_REQUEST: {Role.CASE_SUPERVISOR: _O},
    Action.RECORD_AUTHORITY: {Role.GROUP_COORDINATOR: _O, Role.CASE_SUPERVISOR: _O},
    Action.VET: {Role.SAFEGUARDING_FOCAL: _O},
    Action.DECIDE_VETTING: {Role.SAFEGUARDING_FOCAL: _O, Role.CASE_SUPERVISOR: _O},
    Action.SEE_CLEARANCE: {
        Role.SAFEGUARDING_FOCAL: _O,
        Role.CASE_SUPERVISOR: _O,
        Role.GROUP_COORDINATOR: _G,
        Role.PARTNER_ME: _O,
    },
    Action.SEE_SURVIVOR: {Role.WOMENS_SERVICE_WORKER: _O},
    Action.RECORD_SURVIVOR: {Role.WOMENS_SERVICE_WORKER: _O},
    Action.EDIT_SERVICES: {
        Role.WOMENS_SERVICE_WORKER: _O,
        Role.CASE_SUPERVISOR: _O,
        Role.PROGRAMME_OFFICER: _P,
    },
    Action.OPEN_EMERGENCY: {Role.SAFEGUARDING_FOCAL: _O, Role.CASE_SUPERVISOR: _O},
    Action.LET_GO: {Role.SAFEGUARDING_FOCAL: _O, Role.ADMINISTRATOR: _O},
    Action.READ_AUDIT: {Role.AUDITOR: _P, Role.ADMINISTRATOR: _P},
    Action.MANAGE_USERS: {Role.ADMINISTRATOR: _O},
    Action.LOAD_PLACES: {Role.ADMINISTRATOR: _P},
}

# Named or sensitive records ask for a second factor, but for the facilitator's own activities (domain.md section 6).
WANTS_SECOND_FACTOR = frozenset(
    {
        Action.SEE_PEOPLE,
        Action.EDIT_PEOPLE,
        Action.LINK_ACROSS,
        Action.CERTIFY,
        Action.SEE_CASES,
        Action.RECORD_CASE,
        Action.COUNSEL,
        Action.DECIDE_REQUEST,
        Action.VET,
        Action.DECIDE_VETTING,
        Action.SEE_SURVIVOR,
        Action.RECORD_SURVIVOR,
        Action.OPEN_EMERGENCY,
        Action.LET_GO,
    }
)
WANTS_REASON = frozenset({Action.SEE_CASES})


@dataclass(frozen=True)
class Extent:
    """Records of one organisation, programme and group; None stands for any."""

    organisation_id: int | None
    programme_id: int | None
    group_id: int | None = None

    def covers(self, organisation_id: int | None, programme_id: int | None, group_id: int | None) -> bool:
        return (
            (self.organisation_id is None or self.organisation_id == organisation_id)
            and (self.programme_id is None or self.programme_id == programme_id)
            and (self.group_id is None or self.group_id == group_id)
        )


@dataclass(frozen=True)
class Reach:
    """All that one actor may touch by one action: everything, nothing, or the union of some extents."""

    everything: bool
    extents: frozenset[Extent] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.extents)

    def covers(
        self, *, organisation_id: int | None, programme_id: int | None = None, group_id: int | None = None
    ) -> bool:
        return self.everything or any(e.covers(organisation_id, programme_id, group_id) for e in self.extents)

    def q(
        self,
        *,
        organisation: str | None = "organisation_id",
        programme: str | None = "programme_id",
        group: str | None = None,
    ) -> Q:
        """The filter that keeps what is within reach. A path given as None means the table has no such column and
        every row passes that part; group None likewise."""
        if self.everything:
            return Q()
        found = Q(pk__in=[])
        for extent in self.extents:
            one = Q()
            if organisation and extent.organisation_id is not None:
                one &= Q(**{organisation: extent.organisation_id})
            if programme and extent.programme_id is not None:
                one &= Q(**{programme: extent.programme_id})
            if extent.group_id is not None:
                one &= Q(**{group: extent.group_id}) if group else Q(pk__in=[])
            found |= one if one else Q(pk__isnull=False)
        return found

    def organisations(self) -> frozenset[int] | None:
        """Ids of the organisations within reach, or None for any."""
        if self.everything or any(e.organisation_id is None for e in self.extents):
            return None
        return frozenset(e.organisation_id for e in self.extents if e.organisation_id is not None)

    def programmes(self) -> frozenset[int] | None:
        """Ids of the programmes within reach, or None for any."""
        if self.everything or any(e.programme_id is None for e in self.extents):
            return None
        return frozenset(e.programme_id for e in self.extents if e.programme_id is not None)


NOTHING = Reach(everything=False)
EVERYTHING = Reach(everything=True)


def _extent(grant: Grant, over: Over) -> Extent | None:
    if over is Over.PROGRAMME and grant.programme_id is not None:
        return Extent(None, grant.programme_id)
    # A grant for every programme of an organisation reaches no other organisation: which programmes are its own to
    # oversee is said by naming them.
    if grant.organisation_id is None:
        return None
    return Extent(grant.organisation_id, grant.programme_id, grant.group_id)


def reach(actor: AnyActor, action: Action) -> Reach:
    """How far `actor` may go by `action`. System goes everywhere: it has no session a thief could use."""
    if isinstance(actor, System):
        return EVERYTHING
    rules = RULES[action]
    extents = {
        extent
        for grant in actor.grants
        if grant.role in rules and _factor_enough(actor, action)
        if (extent := _extent(grant, rules[grant.role])) is not None
    }
    return Reach(everything=False, extents=frozenset(extents))


def wants_second_factor(actor: AnyActor, action: Action) -> bool:
    """True where only the missing second factor stands between this actor and the action."""
    if isinstance(actor, System) or actor.second_factor or action not in WANTS_SECOND_FACTOR:
        return False
    return any(grant.role in RULES[action] for grant in actor.grants)


def may(
    actor: AnyActor,
    action: Action,
    *,
    organisation_id: int | None,
    programme_id: int | None = None,
    group_id: int | None = None,
) -> bool:
    return reach(actor, action).covers(organisation_id=organisation_id, programme_id=programme_id, group_id=group_id)


def require(
    actor: AnyActor,
    action: Action,
    *,
    organisation_id: int | None,
    programme_id: int | None = None,
    group_id: int | None = None,
) -> None:
    """Raises Refused unless the actor may. The caller's transaction should hold the audit row of the refusal."""
    if may(actor, action, organisation_id=organisation_id, programme_id=programme_id, group_id=group_id):
        return
    raise refusal(actor, action)


def refusal(actor: AnyActor, action: Action) -> Refused:
    if wants_second_factor(actor, action):
        return Refused(
            "second_factor_wanted", _("This part needs a second sign-in step. Please set it up in Security.")
        )
    return Refused("refused", _("You do not have permission to see this"))


def _factor_enough(actor: AnyActor, action: Action) -> bool:
    return action not in WANTS_SECOND_FACTOR or isinstance(actor, System) or actor.second_factor
