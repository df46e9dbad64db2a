"""Every page, asked by every kind of person, about one organisation's records.

Whose records: Banteay Srei's in Feminists in Action. `partner-me-3` works there, `partner-me-2` at another partner.
A new route without a line here fails the test; so does one without its line in matrix/routes.py, where every role and
relation is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from samaki.engines.fieldforms.models import Form, Submission
from samaki.engines.fieldforms.operations.parcels import Parcel
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.needs.models import LearningNeed
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.periods.models import PeriodLock, PeriodReport
from samaki.ground.periods.rules import State
from samaki.ground.programmes.models import Programme
from samaki.ground.services.models import Service
from samaki.kernel.actors import Actor, Grant, Role
from samaki.strands.counselling.models import Case
from samaki.strands.learning.models import (
    Certification,
    Curriculum,
    CurriculumVersion,
    Instrument,
    InstrumentVersion,
    Material,
    Module,
    Response,
    Review,
)
from tests.factories.fieldforms import a_form, xml
from tests.interfaces.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]

READERS = ("own", "other", "officer", "donor", "authority", "administrator")
USERS = {"own": "partner-me-3", "other": "partner-me-2"}
PUBLIC_INSIDE = dict.fromkeys(READERS, 200)  # T1: whoever signs in
INSIDE = {"own": 200, "other": 404, "officer": 200, "donor": 404, "authority": 404, "administrator": 404}
INSIDE_PROGRAMME = {**INSIDE, "other": 200}  # both partners; each sees her own reports
NAMES = {"own": 200, "other": 404, "officer": 403, "donor": 403, "authority": 403, "administrator": 403}
OWN_LIST = {"own": 200, "other": 200, "officer": 403, "donor": 403, "authority": 403, "administrator": 403}
ADMINISTERED = {**dict.fromkeys(READERS, 403), "administrator": 200}
OF_PROGRAMME = {**dict.fromkeys(("donor", "authority", "administrator"), 403), "own": 200, "other": 200, "officer": 200}
HER_SIDE: dict[str, list[object]] = {  # none of these readers may even know whether there is such a file
    "safe": [],
    "safe_new": [],
    **{name: [1] for name in ("safe_file", "safe_edit", "safe_risk", "safe_follow_up", "safe_refer")},
    **{name: [1] for name in ("safe_received", "safe_task")},
}
LISTS = dict.fromkeys(READERS, 200)  # each shows the reader's own; what is in them is tested below

STATUS: dict[str, dict[str, int]] = {
    "audit_trail": ADMINISTERED,
    "users": ADMINISTERED,
    "user_add": ADMINISTERED,
    "user": ADMINISTERED,
    "home": LISTS,
    "more": LISTS,
    "programmes": PUBLIC_INSIDE,
    "programme": PUBLIC_INSIDE,
    "places": PUBLIC_INSIDE,
    "place": PUBLIC_INSIDE,
    "programme_results": PUBLIC_INSIDE,
    "indicator": PUBLIC_INSIDE,
    "figure_csv": PUBLIC_INSIDE,
    "programme_report": PUBLIC_INSIDE,
    "figure_records": {**NAMES, "other": 200},  # her own organisation's rows: see below
    "activities": LISTS,
    "activity": INSIDE,
    "groups": LISTS,
    "group": INSIDE,
    "group_members": {**INSIDE, "officer": 403},
    "group_member": {**INSIDE, "officer": 403},
    "needs": LISTS,
    "need_raise": {**OWN_LIST, "officer": 403},
    "need": INSIDE,
    "curricula": LISTS,
    "curriculum_new": {**OWN_LIST, "officer": 200},
    "curriculum": INSIDE_PROGRAMME,  # what a programme teaches is read by all of its partners
    "curriculum_version": INSIDE_PROGRAMME,
    "curriculum_proposal": INSIDE_PROGRAMME,
    "curriculum_module": INSIDE_PROGRAMME,
    "curriculum_module_new": {**INSIDE_PROGRAMME, "other": 403},
    "material": INSIDE_PROGRAMME,
    "themes": INSIDE_PROGRAMME,
    "activity_taught": {**INSIDE, "officer": 403},
    "service_add": {**ADMINISTERED, "administrator": 403, "officer": 200},
    "service_edit": {**dict.fromkeys(READERS, 404), "officer": 200},
    **dict.fromkeys(HER_SIDE, dict.fromkeys(READERS, 403)),
    "people": OWN_LIST,
    "person": NAMES,
    "duplicates": OWN_LIST,
    "periods": INSIDE_PROGRAMME,
    "period": INSIDE_PROGRAMME,
    "reports": LISTS,
    "report": INSIDE,
    "write_report": {**INSIDE, "officer": 404},
    "verify_records": {**OWN_LIST, "officer": 200},
    "forms": {**OWN_LIST, "officer": 200},
    "form_send": {**OWN_LIST, "officer": 200},
    "form": INSIDE,
    "form_version": INSIDE,
    "form_match": INSIDE,
    "form_data": {**INSIDE, "officer": 403},  # the form is the programme's to oversee, the answers are not
    "form_zip": {**INSIDE, "officer": 403},
    "form_xlsx": {**INSIDE, "officer": 403},
    "submission": NAMES,
    "submissions_to_mend": OWN_LIST,
    **{
        name: dict.fromkeys(READERS, 403)
        for name in ("own_list", "own_new", "own_calendar", "case_desk", "case_emergencies")
    },
    **{name: dict.fromkeys(READERS, 403) for name in ("vetting", "vetting_new", "vetting_due", "vetting_code")},
    "candidate": dict.fromkeys(READERS, 403),
    **{name: dict.fromkeys(READERS, 403) for name in ("authority_responses", "authority_report", "authority_answer")},
    "cleared_members": OWN_LIST,
    "series_list": LISTS,
    "series_add": OWN_LIST,
    "series": INSIDE,
    "series_plan": {**INSIDE, "officer": 403},
    "series_edit": {**INSIDE, "officer": 403},
    "series_person": {**INSIDE, "officer": 403},  # the series is the programme's to oversee, its people are not
    "take_attendance": {**INSIDE, "officer": 403},
    "session_leads": {**INSIDE, "officer": 403},
    "certificate": {**INSIDE, "officer": 404},
    "certificate_paper": {**INSIDE, "officer": 404},
    "pathway": NAMES,
    "coaching_visit": NAMES,
    "learning_follow_up": NAMES,
    "learning_due": OWN_LIST,
    "instruments": OF_PROGRAMME,
    "instrument_new": OF_PROGRAMME,
    "instrument": INSIDE_PROGRAMME,  # words that the programme's own people read
    "instrument_edit": INSIDE_PROGRAMME,
    "instrument_paper": INSIDE_PROGRAMME,
    "learning_changes": OF_PROGRAMME,
    "learning_change": INSIDE,
    "keying_activities": OWN_LIST,
    "keying": {**INSIDE, "officer": 403, "donor": 403, "authority": 403, "administrator": 403},
    "keying_sheet": {**INSIDE, "officer": 403, "donor": 403, "authority": 403, "administrator": 403},
    "keying_history": {**INSIDE, "officer": 403, "donor": 403, "authority": 403, "administrator": 403},
    "cascades": {**dict.fromkeys(READERS, 403), "own": 200, "other": 302, "officer": 200},  # straight to the only one
    "cascade": {**dict.fromkeys(READERS, 403), "own": 200, "other": 200, "officer": 200},
}
REDIRECTS = {"results"}  # straight on to the one programme of who has only one
POSTED = {"decide_duplicate", "reveal_name", "verify_report", "return_report", "lock_period", "reopen_period"}
TESTED_ELSEWHERE = {
    *("own_case", "own_case_act", "case_conference", "case_give", "case_tie", "case_emergency"),  # by every role
    *("case_whole", "case_route"),
    "services",
    *("candidate_read", "candidate_act"),
    *(
        "safe_why",
        "safe_contact",
        "safe_step",
        "safe_referral_step",
        "safe_received_step",
        "safe_task_step",
        "safe_link",
    ),
    *("leaving", "leaving_step", "consent_end", "retention", "retention_run"),
    *("across", "across_review", "across_compare", "decide_across", "across_agree", "across_end"),
    *("instrument_step", "series_step", "visit_notes", "public_certificate", "certificate_check"),
    *("form_step", "form_again", "form_version_step", "form_media", "form_media_remove"),
    *("submission_step", "submission_file"),
    *("user_role", "user_role_end", "user_password", "user_second_step", "user_close"),
    *("devices", "add_device", "revoke_device"),
    *("field", "field_worker", "field_manifest", "field_me", "field_phone", "field_data", "field_send"),
    *("curriculum_draft", "curriculum_step", "curriculum_module_remove", "material_remove"),
    *("need_step", "group_member_step", "group_composition_csv"),
    *("verify_record", "verify_record_done", "return_record", "make_sheet", "sheet", "sheet_paper"),
    *("or_form_list", "or_submission", "or_xform", "or_manifest", "or_media"),
    *("imports", "import_example", "import_send", "import_run", "import_columns", "import_wrong_rows", "import_step"),
    *("gallery", "set_language", "leave", "lock", "unlock", "still_here", "sign_in_as_example"),
}


def named_routes(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from named_routes(pattern.url_patterns)
        elif pattern.name and not pattern.name.startswith(("account_", "mfa_")):
            yield pattern.name


def theirs() -> dict[str, list[object]]:
    """Route → arguments that name a record of Banteay Srei."""
    activity = Activity.objects.filter(organisation__key="banteay-srei", programme__key="fia").order_by("pk").first()
    group = Group.objects.filter(organisation__key="banteay-srei", programme__key="fia").order_by("pk").first()
    person = Person.objects.filter(organisation__key="banteay-srei").order_by("pk").first()
    pair = MatchCandidate.objects.filter(organisation__key="banteay-srei").order_by("pk").first()
    report = PeriodReport.objects.filter(organisation__key="banteay-srei", state=State.SUBMITTED).order_by("pk").first()
    assert activity and group and person and pair and report
    form, sent = _a_form_with_a_record()
    certificate = Certification.objects.filter(organisation__key="banteay-srei").order_by("pk").first()
    assert certificate and certificate.series
    taught = Session.objects.filter(activity__in_series__series=certificate.series).order_by("pk")[0]
    return {
        **{name: [certificate.series.key] for name in ("series", "series_plan", "series_edit")},
        "series_person": [certificate.series.key, certificate.person_id],
        "take_attendance": [taught.pk],
        "session_leads": [taught.pk],
        "certificate": [certificate.pk],
        "certificate_paper": [certificate.pk, "km"],
        **{name: [certificate.person_id] for name in ("pathway", "coaching_visit", "learning_follow_up")},
        **_of_answers(activity),
        "programme": ["fia"],
        "cascade": ["fia"],
        "place": ["15"],
        "programme_results": ["fia"],
        "indicator": ["fia", "participants"],
        "figure_csv": ["fia", "participants"],
        "programme_report": ["fia", "2023", "html"],
        "figure_records": ["fia", "participants"],
        "activity": [activity.key],
        "group": [group.key],
        "group_members": [group.key],
        "group_member": [group.key, _a_membership(group).pk],
        "need": [_a_need(group).pk],
        **_of_a_curriculum(group.programme, group.organisation),
        "themes": ["fia"],
        "activity_taught": [activity.key],
        "person": [person.pk],
        **HER_SIDE,
        "candidate": [1],
        "authority_answer": [1],
        "service_edit": [_a_service(group).pk],
        "user": [User.objects.get(username="officer").pk],
        "periods": ["fia"],
        "period": ["fia", report.period],
        "lock_period": ["fia", report.period],
        "reopen_period": ["fia", report.period],
        "report": [report.pk],
        **{name: [form.pk] for name in ("form", "form_match", "form_data", "form_zip", "form_xlsx")},
        "form_version": [form.pk, form.versions.get().pk],
        "submission": [sent.pk],
        "write_report": ["fia", "banteay-srei", report.period],
        "decide_duplicate": [pair.pk],
        "reveal_name": [person.pk],
        "verify_report": [report.pk],
        "return_report": [report.pk],
    }


def _of_answers(activity: Activity) -> dict[str, list[object]]:
    """Answers of one person at the activity."""
    version = InstrumentVersion.objects.get(instrument__key="law-2005", number=1)
    person = Person.objects.filter(organisation=activity.organisation_id).order_by("pk")[0]
    Response.objects.create(
        programme=activity.programme,
        organisation=activity.organisation,
        activity=activity,
        person=person,
        version=version,
        moment=Response.Moment.PRE,
        answered_on=activity.starts_on,
        answers=b"",
    )
    draft = InstrumentVersion.objects.filter(instrument__key="routes").first() or InstrumentVersion.objects.create(
        instrument=Instrument.objects.create(key="routes", scoring="likert", programme=activity.programme), number=1
    )
    return {
        **{name: [draft.instrument.key, 1] for name in ("instrument", "instrument_edit")},
        "instrument_paper": [draft.instrument.key, 1, "km"],
        "learning_change": ["activity", activity.pk, version.pk],
        "keying": [activity.pk],
        "keying_sheet": [activity.pk, version.pk, "pre"],
        "keying_history": [activity.pk, version.pk, "pre", person.pk],
    }


def _a_membership(group: Group) -> Membership:
    person = Person.objects.filter(organisation=group.organisation_id).order_by("pk")[0]
    made, _is_new = Membership.objects.get_or_create(group=group, person=person, defaults={"since": "2023-01-01"})
    return made


def _a_service(group: Group) -> Service:
    made, _is_new = Service.objects.get_or_create(
        programme=group.programme, organisation=group.organisation, kind="legal", name_km="ក", name_en="Routes"
    )
    return made


def _a_need(group: Group) -> LearningNeed:
    made, _is_new = LearningNeed.objects.get_or_create(
        programme=group.programme,
        organisation=group.organisation,
        group=group,
        text="routes",
        defaults={"raised_by": "community", "raised_on": "2023-01-01"},
    )
    return made


def _of_a_curriculum(programme: Programme, organisation: Organisation) -> dict[str, list[object]]:
    """A draft with a module, its material, and a change proposed."""
    scope = {"programme": programme, "organisation": organisation}
    curriculum, _is_new = Curriculum.objects.get_or_create(key="routes", defaults={**scope, "title_en": "Routes"})
    version, _is_new = CurriculumVersion.objects.get_or_create(curriculum=curriculum, number=1)
    module, _is_new = Module.objects.get_or_create(version=version, number=1, defaults={"title_en": "One"})
    file = {"title": "a", "content_type": "text/plain", "content": b"a"}
    material, _is_new = Material.objects.get_or_create(module=module, language="en", name="a.txt", defaults=file)
    said = {"on": "2023-01-01", "by": "staff", "text": "More"}
    proposal, _is_new = Review.objects.get_or_create(version=version, step="proposed", defaults=said)
    return {
        "curriculum": ["routes"],
        "curriculum_version": ["routes", 1],
        "curriculum_proposal": ["routes", 1, proposal.pk],
        "curriculum_module": ["routes", 1, module.pk],
        "curriculum_module_new": ["routes", 1],
        "material": [material.pk],
    }


def _a_form_with_a_record() -> tuple[Form, Submission]:
    """Banteay Srei's own form, to which it has sent something."""
    ours = Organisation.objects.get(key="banteay-srei")
    programme = Programme.objects.get(key="fia")
    form = Form.objects.filter(key="routes").first() or a_form(programme, "routes", organisation=ours)
    sender = Actor(None, "sender", (Grant(Role.FACILITATOR, ours.pk, programme.pk),))
    parcel = Parcel(programme.pk, ours.pk, sender, xml(key="routes", instance="uuid:routes"))
    return form, Submission.objects.get(pk=receive(parcel, at=timezone.now()).number)


def test_every_route_has_its_line() -> None:
    assert set(named_routes()) == {*STATUS, *REDIRECTS, *POSTED, *TESTED_ELSEWHERE}


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_gets_what_is_hers_and_nothing_else(reader: str) -> None:
    client, about = signed_in(USERS.get(reader, reader)), theirs()
    seen = {name: client.get(reverse(name, args=about.get(name, []))).status_code for name in STATUS}
    assert seen == {name: statuses[reader] for name, statuses in STATUS.items()}


@pytest.mark.parametrize("name", sorted({*STATUS, *REDIRECTS}))
def test_who_has_not_signed_in_is_sent_to_sign_in(name: str) -> None:
    answer = Client().get(reverse(name, args=theirs().get(name, [])))
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize(("reader", "status"), [("partner-me-2", 404), ("donor", 403), ("administrator", 403)])
def test_an_outsider_reveals_no_name_and_decides_about_nobody(reader: str, status: int) -> None:
    client, about = signed_in(reader), theirs()
    revealed = client.post(reverse("reveal_name", args=about["reveal_name"]), {"reason": "curious"})
    decided = client.post(reverse("decide_duplicate", args=about["decide_duplicate"]), {"same": "1"})
    assert (revealed.status_code, decided.status_code) == (status, status)
    assert MatchCandidate.objects.get(pk=about["decide_duplicate"][0]).state == MatchCandidate.State.OPEN


@pytest.mark.parametrize("reader", ["partner-me-3", "partner-me-2", "donor", "administrator"])
def test_nobody_but_the_officer_verifies_or_returns(reader: str) -> None:
    client, about = signed_in(reader), theirs()
    verified = client.post(reverse("verify_report", args=about["verify_report"]))
    returned = client.post(reverse("return_report", args=about["return_report"]), {"reason": "because"})
    assert {verified.status_code, returned.status_code} <= {403, 404}
    assert PeriodReport.objects.get(pk=about["report"][0]).state == State.SUBMITTED


@pytest.mark.parametrize(
    ("reader", "status"),
    [("partner-me-3", 403), ("partner-me-2", 403), ("auditor", 403), ("donor", 404), ("administrator", 404)],
)
def test_nobody_but_the_officer_locks_or_opens_a_period(reader: str, status: int) -> None:
    client, about = signed_in(reader), theirs()
    locked = client.post(reverse("lock_period", args=about["lock_period"]), {"although_missing": "on", "reason": "so"})
    opened = client.post(reverse("reopen_period", args=about["reopen_period"]), {"why": "because"})
    assert (locked.status_code, opened.status_code, PeriodLock.objects.count()) == (status, status, 0)


def test_lists_of_another_organisation_show_none_of_these_records() -> None:
    client, about = signed_in("partner-me-2"), theirs()
    for name in ("home", "activities", "groups", "people", "duplicates", "reports", "figure_records", "period"):
        page = client.get(reverse(name, args=about.get(name, []))).content.decode()
        assert "banteay-srei" not in page.replace("/programmes/banteay-srei/", ""), name
        assert f'/people/{about["person"][0]}/"' not in page, name
        assert f'/reports/{about["report"][0]}/"' not in page, name


@pytest.mark.parametrize("reader", ["donor", "authority", "administrator", "officer", "partner-me-2"])
def test_no_page_shows_a_case_code_to_who_may_not_read_cases(reader: str) -> None:
    client = signed_in(reader)
    address = reverse("figure_records", args=["mpp", "perpetrators_counselled"])
    for answer in (client.get(address), client.post(address, {"reason": "I want to know"})):
        assert answer.status_code == 403
        assert not any(code in answer.content.decode() for code in Case.objects.values_list("code", flat=True))


def test_the_supervisor_reads_cases_by_code_after_giving_a_reason() -> None:
    client = signed_in("supervisor")
    address = reverse("figure_records", args=["mpp", "perpetrators_counselled"])
    asked = client.get(address)
    code = Case.objects.order_by("pk").values_list("code", flat=True)[0]
    assert (asked.status_code, code in asked.content.decode()) == (200, False)
    given = client.post(address, {"reason": "monthly case conference"})
    assert (given.status_code, code in given.content.decode()) == (200, True)
