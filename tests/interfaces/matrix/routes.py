"""Every route of the site and who is let in: ADD A NEW ROUTE'S LINE HERE, in the part it belongs to.

A line says who is let in by GET and by POST (a method left out is refused), and about whose record it is asked (`home`;
the record itself is made in world.py, under the route's name, where its address takes arguments). Four words:

    strict(access)          whoever lacks the role is refused (403); who has it elsewhere finds nothing (404)
    quiet(access)           to everybody else it does not exist (404)
    known(access)           who lacks it is refused wherever she works: that there is such a thing is public
    within(access, seen)    who sees the whole, and may not this, is refused; to everybody else it does not exist

The outcome of each cell (route × method × role × relation) is worked out in cells.py. Do not copy here what a page
answers: write down what domain.md section 6 says, and mend whichever of the two is wrong.
"""

from __future__ import annotations

from samaki.kernel.actors import Role
from tests.interfaces.matrix.cells import OTHERS, Access, Home, Outcome, Over, Route, Rule

A, P, O, G, N = Over.ANYWHERE, Over.PROGRAMME, Over.ORGANISATION, Over.GROUP, Over.NAMED  # noqa: E741  # as in policy.py
ME, OFFICER, AUDITOR, FACILITATOR = Role.PARTNER_ME, Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.FACILITATOR
COORDINATOR, FINANCE, STEWARD = Role.GROUP_COORDINATOR, Role.PARTNER_FINANCE, Role.STEWARD
SUPERVISOR, COUNSELLOR, FOCAL = Role.CASE_SUPERVISOR, Role.COUNSELLOR, Role.SAFEGUARDING_FOCAL
WORKER, KEEPER = Role.WOMENS_SERVICE_WORKER, Role.ADMINISTRATOR


def strict(access: Access, *, of_a_man: bool = False) -> Rule:
    others = {role: over for role, over in OTHERS.items() if role not in access}
    return Rule(access, others, nobody=Outcome.REFUSED, of_a_man=of_a_man)


def known(access: Access) -> Rule:
    """Everybody else is refused: that there is such a thing is public."""
    return Rule(access, OTHERS, nobody=Outcome.REFUSED)


def quiet(access: Access, *, of_a_man: bool = False) -> Rule:
    return Rule(access, of_a_man=of_a_man)


def within(access: Access, seen: Access) -> Rule:
    return Rule(access, seen)


def anywhere(*roles: Role) -> Access:
    return dict.fromkeys(roles, A)


def only(access: Access, *roles: Role) -> Access:
    return {role: over for role, over in access.items() if role in roles}


ALL, PUBLIC = Rule(for_all=True), Rule(public=True)
NOWHERE = Rule(always=Outcome.HIDDEN, public=True)
BY_PHONE = Rule(always=Outcome.PROOF, public=True)

# Who sees the inside of a programme (T2): activities, groups; a coordinator her own group alone.
T2: Access = {OFFICER: P, AUDITOR: P, ME: O, FINANCE: O, FACILITATOR: O, SUPERVISOR: O, COORDINATOR: G}
PLAIN: Access = {role: over for role, over in T2.items() if role is not COORDINATOR}  # of no group: hers not
TAUGHT: Access = dict.fromkeys(T2, P)  # what a programme teaches is read by all of its partners
WORDING: Access = {ME: P, OFFICER: P}  # an instrument of a programme is all its partners' to word
PEOPLE: Access = {ME: O}  # T3
RECORDERS: Access = {ME: O, FACILITATOR: O}
OWN_LISTS: Access = {ME: O, FACILITATOR: N}  # names of an activity: its own facilitator's too
RAISERS: Access = {ME: O, FACILITATOR: O, COORDINATOR: G}
EDITORS: Access = {ME: O, OFFICER: P}

ASKED = {"text": "x", "raised_by": "community", "revision": "1"}
ASKED |= {"raised_on_day": "1", "raised_on_month": "1", "raised_on_year": "2023"}

GENERAL = [
    Route("audit_trail", strict(anywhere(AUDITOR, KEEPER))),
    Route("users", strict(anywhere(KEEPER))),
    Route("user_add", strict(anywhere(KEEPER)), strict(anywhere(KEEPER))),
    Route("user", strict({KEEPER: O})),
    *(
        Route(name, post=strict({KEEPER: O}))
        for name in ("user_role", "user_role_end", "user_password", "user_second_step", "user_close")
    ),
    Route("home", ALL),
    Route("more", ALL),
    Route("gallery", NOWHERE, NOWHERE),  # of a developer's machine alone
    Route("set_language", post=PUBLIC),
    Route("leave", post=PUBLIC),
    Route("lock", post=ALL),
    Route("unlock", ALL, ALL),
    Route("still_here", post=ALL),
    Route("sign_in_as_example", post=Rule(always=Outcome.REFUSED, public=True)),  # somebody real is here
    Route("programmes", ALL),
    Route("programme", ALL),
    Route("places", ALL),
    Route("place", ALL),
    Route("services", PUBLIC),
    Route("service_add", strict(anywhere(WORKER, SUPERVISOR, OFFICER)), strict(anywhere(WORKER, SUPERVISOR, OFFICER))),
    Route("service_edit", quiet({WORKER: O, SUPERVISOR: O, OFFICER: P}), quiet({WORKER: O, SUPERVISOR: O, OFFICER: P})),
    Route("results", ALL, straight_on=True),
    Route("programme_results", ALL),
    Route("programme_report", ALL),
    Route("indicator", ALL),
    Route("figure_csv", ALL),
    Route("figure_records", known({ME: P}), known({ME: P})),  # that there are such rows is no secret
]

NOUNS = [
    Route("activities", ALL),
    Route("activity", quiet(PLAIN)),
    Route("groups", ALL),
    Route("group", quiet(T2)),
    Route("group_composition_csv", quiet(PLAIN)),  # of a working group, which is not the coordinator's
    Route("group_members", within(PEOPLE, T2), within(PEOPLE, T2)),
    Route("group_member", within(PEOPLE, T2), within(PEOPLE, T2)),
    Route("group_member_step", post=within(PEOPLE, T2)),
    Route("needs", ALL),
    Route("need_raise", strict(anywhere(ME, FACILITATOR, COORDINATOR)), strict(anywhere(ME, FACILITATOR, COORDINATOR))),
    Route("need", quiet(T2), within(RAISERS, T2), sent=ASKED),
    Route("need_step", post=within(EDITORS, T2), sent={"place_in_order": "1", "revision": "1"}),
    Route("people", strict(anywhere(ME)), strict(anywhere(ME))),
    Route("person", strict(PEOPLE)),
    Route("reveal_name", post=strict(PEOPLE), sent={"reason": "to call her"}),
    Route("duplicates", strict(anywhere(ME)), strict(anywhere(ME))),
    Route("decide_duplicate", post=strict(PEOPLE), sent={"same": "1"}),
    Route("across", strict(anywhere(STEWARD)), straight_on=True),
    Route("across_review", known({STEWARD: P})),
    Route("across_compare", post=known({STEWARD: P})),
    Route("decide_across", post=known({STEWARD: P})),
    Route("across_agree", post=strict(PEOPLE), sent={"how": "spoken", "given_by": "own", "given_on": "2024-01-01"}),
    Route("across_end", post=strict(PEOPLE)),
    Route("leaving", strict(PEOPLE)),
    Route("leaving_step", post=strict(PEOPLE), sent={"asked": "on"}),
    Route("consent_end", post=strict(PEOPLE)),
    Route("retention", strict(anywhere(ME, FOCAL, KEEPER, SUPERVISOR, WORKER))),  # each her own organisation's, by rule
    Route("retention_run", post=strict(anywhere(FOCAL, KEEPER, WORKER))),
]

REPORTS = [
    Route("reports", ALL),
    Route("report", quiet(PLAIN)),
    Route("verify_report", post=within({OFFICER: P}, PLAIN)),
    Route("return_report", post=within({OFFICER: P}, PLAIN), sent={"reason": "because"}),
    Route("write_report", quiet({ME: O}), quiet({ME: O})),
    Route("periods", quiet(TAUGHT)),
    Route("period", quiet(TAUGHT)),
    Route("lock_period", post=within({OFFICER: P}, TAUGHT), sent={"although_missing": "on", "reason": "so"}),
    Route("reopen_period", post=within({OFFICER: P}, TAUGHT), sent={"why": "because"}),
]

FORMS = [
    Route("forms", strict(anywhere(ME, OFFICER))),
    Route("form_send", strict(anywhere(ME, OFFICER)), strict(anywhere(ME, OFFICER))),
    Route("form", quiet(EDITORS), quiet(EDITORS)),
    Route("form_step", post=quiet(EDITORS)),
    Route("form_match", quiet(EDITORS), quiet(EDITORS)),
    Route("form_version", quiet(EDITORS), quiet(EDITORS)),
    Route("form_version_step", post=quiet(EDITORS)),
    Route("form_media", post=quiet(EDITORS)),
    Route("form_media_remove", post=quiet(EDITORS)),
    *(Route(name, within(PEOPLE, EDITORS)) for name in ("form_data", "form_zip", "form_xlsx")),
    Route("form_again", post=within(PEOPLE, EDITORS)),
    Route("submissions_to_mend", strict(anywhere(ME))),
    Route("submission", strict(PEOPLE)),
    Route("submission_file", strict(PEOPLE)),
    Route("submission_step", post=strict(PEOPLE)),
    Route("imports", strict(anywhere(ME, FACILITATOR, COORDINATOR, SUPERVISOR))),
    Route("import_example", ALL),  # an empty workbook
    Route("import_send", strict(anywhere(ME)), strict(anywhere(ME))),
    Route("import_run", quiet(PEOPLE)),
    Route("import_columns", quiet(PEOPLE), quiet(PEOPLE), page=409),  # of this one nothing is read yet
    Route("import_wrong_rows", quiet(PEOPLE), quiet(PEOPLE), page=409),
    Route("import_step", post=quiet(PEOPLE)),
]

FIELD = [
    Route("field", PUBLIC),
    Route("field_worker", PUBLIC),
    Route("field_manifest", PUBLIC),
    Route("field_me", Rule(for_all=True, stranger=Outcome.PROOF)),
    Route("field_phone", post=strict(anywhere(ME, FACILITATOR, COORDINATOR))),
    Route("field_data", BY_PHONE),
    Route("field_send", post=BY_PHONE),
    *(Route(name, BY_PHONE) for name in ("or_form_list", "or_xform", "or_manifest", "or_media")),
    Route("or_submission", post=BY_PHONE),
    Route("devices", strict(anywhere(ME, FACILITATOR, COORDINATOR, KEEPER))),
    Route("add_device", strict(anywhere(ME, FACILITATOR, COORDINATOR)), strict(anywhere(ME, FACILITATOR, COORDINATOR))),
    Route("revoke_device", post=quiet({ME: N, KEEPER: O})),
    Route("make_sheet", post=within(OWN_LISTS, PLAIN)),
    Route("sheet", quiet(OWN_LISTS), quiet(OWN_LISTS)),
    Route("sheet_paper", quiet(OWN_LISTS)),
    Route("verify_records", strict(anywhere(ME, OFFICER))),
    Route("verify_record", quiet(EDITORS)),
    Route("verify_record_done", post=quiet(EDITORS)),
    Route("return_record", post=quiet(EDITORS), sent={"reason": "because"}),
]

LEARNING = [
    Route("curricula", ALL),
    Route("curriculum_new", strict(anywhere(ME, OFFICER)), strict(anywhere(ME, OFFICER))),
    Route("curriculum", quiet(TAUGHT), within(EDITORS, TAUGHT), sent={"title_en": "Routes", "revision": "1"}),
    Route("curriculum_draft", post=within(EDITORS, TAUGHT)),
    Route("curriculum_version", quiet(TAUGHT), quiet(TAUGHT)),
    Route("curriculum_step", post=within(EDITORS, TAUGHT)),
    Route("curriculum_proposal", quiet(TAUGHT), within(EDITORS, TAUGHT), sent={"unsay": "1"}),
    Route("curriculum_module_new", within(EDITORS, TAUGHT), within(EDITORS, TAUGHT)),
    Route(
        "curriculum_module",
        quiet(TAUGHT),
        within(EDITORS, TAUGHT),
        sent={"module": "1", "title_en": "x", "revision": "1"},
    ),
    Route("curriculum_module_remove", post=within(EDITORS, TAUGHT)),
    Route("material", quiet(TAUGHT)),
    Route("material_remove", post=within(EDITORS, TAUGHT)),
    Route("themes", quiet(TAUGHT), within({OFFICER: P}, TAUGHT), sent={"name_en": "x"}),
    Route("activity_taught", within(RECORDERS, PLAIN), within(RECORDERS, PLAIN)),
    Route("instruments", strict(anywhere(*T2))),
    Route("instrument_new", strict(anywhere(ME, OFFICER)), strict(anywhere(ME, OFFICER))),
    Route("instrument", quiet(TAUGHT)),
    Route("instrument_edit", within(WORDING, TAUGHT), within(WORDING, TAUGHT)),
    Route("instrument_step", post=within(WORDING, TAUGHT), sent={"publish": "1"}),
    Route("instrument_paper", quiet(TAUGHT)),
    Route("keying_activities", strict(anywhere(ME, FACILITATOR))),
    Route("keying", strict(OWN_LISTS)),
    Route("keying_sheet", strict(OWN_LISTS), strict(OWN_LISTS)),
    Route("keying_history", strict(OWN_LISTS), strict(OWN_LISTS)),
    Route("learning_changes", strict(anywhere(*T2))),
    Route("learning_change", quiet(PLAIN)),
    Route("series_list", ALL),
    Route("series_add", strict(anywhere(ME, FACILITATOR)), strict(anywhere(ME, FACILITATOR))),
    Route("series", quiet(PLAIN), quiet(PLAIN), sent={"reason": "to call them"}),  # names to whom people are shown
    Route("series_step", post=within(RECORDERS, PLAIN), sent={"reopen": "1", "revision": "1"}),
    Route("series_plan", within(RECORDERS, PLAIN), within(RECORDERS, PLAIN)),
    Route("series_edit", within(RECORDERS, PLAIN), within(RECORDERS, PLAIN)),
    Route("series_person", within(PEOPLE, PLAIN), within(PEOPLE, PLAIN)),
    Route("take_attendance", within(OWN_LISTS, PLAIN), within(OWN_LISTS, PLAIN)),
    Route("session_leads", within(OWN_LISTS, PLAIN), within(OWN_LISTS, PLAIN)),
    Route("certificate", quiet(PEOPLE), quiet(PEOPLE)),
    Route("certificate_paper", quiet(PEOPLE)),
    Route("public_certificate", PUBLIC),
    Route("certificate_check", PUBLIC),
    *(Route(name, strict(PEOPLE), strict(PEOPLE)) for name in ("pathway", "coaching_visit", "learning_follow_up")),
    Route("visit_notes", post=quiet(PEOPLE)),
    Route("learning_due", strict(anywhere(ME))),
    Route("cascades", strict(anywhere(*T2)), straight_on=True),
    Route("cascade", known(TAUGHT), known(TAUGHT)),
]

# Who works with cases may ask for an emergency; of one that somebody else asked for she is told if she may open it.
OPENING = Rule(
    {SUPERVISOR: O, FOCAL: O},
    {role: A for role in Role if role not in {SUPERVISOR, FOCAL, COUNSELLOR, COORDINATOR}},
    of_a_man=True,
    nobody=Outcome.REFUSED,
)
NEAR_CASES = {SUPERVISOR: O, FOCAL: O, COUNSELLOR: O, COORDINATOR: G}
HIS_SIDE = [
    Route("own_list", strict(anywhere(COUNSELLOR)), home=Home.MPP),
    Route("own_new", strict(anywhere(COUNSELLOR)), strict(anywhere(COUNSELLOR)), home=Home.MPP),
    Route("own_calendar", strict(anywhere(COUNSELLOR)), home=Home.MPP),
    Route("own_case", strict({COUNSELLOR: N}, of_a_man=True), home=Home.MPP),
    Route(
        "own_case_act",
        strict({COUNSELLOR: N}, of_a_man=True),
        strict({COUNSELLOR: N}, of_a_man=True),
        home=Home.MPP,
    ),
    Route("case_desk", strict(anywhere(SUPERVISOR)), home=Home.MPP),
    Route("case_conference", post=strict({SUPERVISOR: O}), home=Home.MPP),
    Route(
        "case_whole",
        strict({SUPERVISOR: O}, of_a_man=True),
        strict({SUPERVISOR: O}, of_a_man=True),
        home=Home.MPP,
    ),
    Route("case_route", post=strict({SUPERVISOR: O}, of_a_man=True), home=Home.MPP),
    Route("case_give", post=strict({SUPERVISOR: O}, of_a_man=True), home=Home.MPP),
    Route("case_tie", post=strict({SUPERVISOR: O}, of_a_man=True), home=Home.MPP),
    Route("case_emergencies", strict(anywhere(*NEAR_CASES)), strict(anywhere(*NEAR_CASES)), home=Home.MPP),
    Route(
        "case_emergency",
        quiet({FOCAL: N}, of_a_man=True),
        OPENING,
        home=Home.MPP,
    ),
]

DECIDERS: Access = {FOCAL: O, SUPERVISOR: O}
ANOTHER = {"answer": "another", "sure": "on"}
RECORDS_AUTHORITY = strict({SUPERVISOR: O, COORDINATOR: G})
CIRCLE = [
    Route("vetting", strict(anywhere(*DECIDERS)), home=Home.MPP),
    Route("vetting_new", strict(anywhere(FOCAL)), strict(anywhere(FOCAL)), home=Home.MPP),
    Route("vetting_due", strict(anywhere(*DECIDERS)), home=Home.MPP),
    Route("vetting_code", strict(anywhere(FOCAL)), strict(anywhere(FOCAL)), home=Home.MPP),
    Route("cleared_members", strict(anywhere(*DECIDERS, COORDINATOR, ME)), home=Home.MPP),
    Route("candidate", strict(DECIDERS), home=Home.MPP),
    Route("candidate_read", post=strict(DECIDERS), home=Home.MPP, sent={"reason": "to decide"}),
    Route("candidate_act", strict(DECIDERS), strict(DECIDERS), home=Home.MPP),
    Route("vetting_question", strict(DECIDERS), strict(DECIDERS), home=Home.MPP, sent=ANOTHER),  # who barred
    Route("authority_responses", strict(anywhere(SUPERVISOR, COORDINATOR)), home=Home.MPP),
    Route(
        "authority_report",
        strict(anywhere(SUPERVISOR, COORDINATOR)),
        strict(anywhere(SUPERVISOR, COORDINATOR)),
        home=Home.MPP,
    ),
    Route("authority_answer", RECORDS_AUTHORITY, RECORDS_AUTHORITY, home=Home.MPP),
]

SERVICE, RECIPIENT = strict({WORKER: O}), strict({WORKER: Over.REFERRED})
HER_SIDE = [
    Route("safe", strict(anywhere(WORKER)), home=Home.HERS),
    Route("safe_why", post=strict(anywhere(WORKER)), home=Home.HERS),
    Route("safe_new", strict(anywhere(WORKER)), strict(anywhere(WORKER)), home=Home.HERS),
    Route("safe_file", SERVICE, home=Home.HERS),
    Route("safe_contact", post=SERVICE, home=Home.HERS),
    *(
        Route(name, SERVICE, SERVICE, home=Home.HERS)
        for name in ("safe_edit", "safe_risk", "safe_follow_up", "safe_refer")
    ),
    Route("safe_step", post=SERVICE, home=Home.HERS),
    Route("safe_referral_step", post=SERVICE, home=Home.HERS),
    Route("safe_received", RECIPIENT, home=Home.HERS),
    Route("safe_received_step", post=RECIPIENT, home=Home.HERS),
    Route("safe_task", SERVICE, home=Home.HERS),
    Route("safe_task_step", post=SERVICE, home=Home.HERS),
    Route("safe_link", PUBLIC, home=Home.HERS),
]

LINES = [one for part in (GENERAL, NOUNS, REPORTS, FORMS, FIELD, LEARNING, CIRCLE, HIS_SIDE, HER_SIDE) for one in part]
ROUTES: dict[str, Route] = {one.name: one for one in LINES}
