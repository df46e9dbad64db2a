"""A record of each kind at Banteay Srei in Feminists in Action, and the arguments that name it in each route."""

from __future__ import annotations

from django.utils import timezone

from samaki.engines.fieldforms.attachments import Sealing
from samaki.engines.fieldforms.models import Attachment, Form, Submission
from samaki.engines.fieldforms.operations.parcels import Parcel
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.ground.activities.models import Activity, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.needs.models import LearningNeed
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import MatchCandidate, Person, PersonKey
from samaki.ground.periods.models import PeriodReport
from samaki.ground.periods.rules import State as Reported
from samaki.ground.programmes.models import Programme
from samaki.ground.services.models import Service
from samaki.kernel.actors import Actor, Grant, Role
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
from samaki.strands.learning.sealing import closed_answers
from tests.factories.fieldforms import a_form, xml

Arguments = list[object]


def theirs() -> dict[str, Arguments]:
    """Route → arguments that name a record of Banteay Srei in Feminists in Action."""
    activity = Activity.objects.filter(organisation__key="banteay-srei", programme__key="fia").order_by("pk").first()
    group = Group.objects.filter(organisation__key="banteay-srei", programme__key="fia").order_by("pk").first()
    person = Person.objects.filter(organisation__key="banteay-srei").order_by("pk").first()
    pair = MatchCandidate.objects.filter(organisation__key="banteay-srei").order_by("pk").first()
    report = (
        PeriodReport.objects.filter(organisation__key="banteay-srei", state=Reported.SUBMITTED).order_by("pk").first()
    )
    assert activity and group and person and pair and report
    form, sent, file = _a_form_with_a_record()
    certificate = Certification.objects.filter(organisation__key="banteay-srei").order_by("pk").first()
    assert certificate and certificate.series
    taught = Session.objects.filter(activity__in_series__series=certificate.series).order_by("pk")[0]
    version = form.versions.get()
    need, member = _a_need(group), _a_membership(group)
    return {
        **{name: [certificate.series.key] for name in ("series", "series_step", "series_plan", "series_edit")},
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
        **{name: ["fia", "participants"] for name in ("indicator", "figure_csv", "figure_records")},
        "programme_report": ["fia", "2023", "html"],
        "activity": [activity.key],
        "group": [group.key],
        "group_members": [group.key],
        "group_member": [group.key, member.pk],
        "group_member_step": [group.key, member.pk, "leave"],
        "need": [need.pk],
        "need_step": [need.pk, "order"],
        **_of_a_curriculum(group.programme, group.organisation),
        "themes": ["fia"],
        "activity_taught": [activity.key],
        "person": [person.pk],
        "service_edit": [_a_service(group).pk],
        "periods": ["fia"],
        "period": ["fia", report.period],
        "lock_period": ["fia", report.period],
        "write_report": ["fia", "banteay-srei", report.period],
        **{name: [report.pk] for name in ("report", "verify_report", "return_report")},
        **{name: [form.pk] for name in ("form", "form_match", "form_data", "form_zip", "form_xlsx", "form_again")},
        "form_step": [form.pk, "close"],
        **{name: [form.pk, version.pk] for name in ("form_version", "form_media", "form_media_remove")},
        "form_version_step": [form.pk, version.pk, "withdraw"],
        **{name: [sent.pk] for name in ("submission", "verify_record", "verify_record_done", "return_record")},
        "submission_step": [sent.pk, "again"],
        "submission_file": [sent.pk, file.pk],
        "decide_duplicate": [pair.pk],
        "reveal_name": [person.pk],
    }


def _of_answers(activity: Activity) -> dict[str, Arguments]:
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
        answers=closed_answers(
            {1: 1}, person_id=person.pk, version_id=version.pk, key=PersonKey.objects.get(person=person)
        ),
    )
    made = Instrument.objects.create(key="routes", scoring=version.instrument.scoring, programme=activity.programme)
    words = {"wording_km": version.wording_km, "wording_en": version.wording_en}
    draft = InstrumentVersion.objects.create(instrument=made, number=1, **words)
    return {
        **{name: [draft.instrument.key, 1] for name in ("instrument", "instrument_edit", "instrument_step")},
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


def _of_a_curriculum(programme: Programme, organisation: Organisation) -> dict[str, Arguments]:
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
        **{name: ["routes"] for name in ("curriculum", "curriculum_draft")},
        **{name: ["routes", 1] for name in ("curriculum_version", "curriculum_module_new")},
        "curriculum_step": ["routes", 1, "discard"],
        "curriculum_proposal": ["routes", 1, proposal.pk],
        **{name: ["routes", 1, module.pk] for name in ("curriculum_module", "curriculum_module_remove")},
        **{name: [material.pk] for name in ("material", "material_remove")},
    }


def _a_form_with_a_record() -> tuple[Form, Submission, Attachment]:
    """Banteay Srei's own form, to which it has sent something with a file."""
    ours = Organisation.objects.get(key="banteay-srei")
    programme = Programme.objects.get(key="fia")
    form = Form.objects.filter(key="routes").first() or a_form(programme, "routes", organisation=ours)
    sender = Actor(None, "sender", (Grant(Role.FACILITATOR, ours.pk, programme.pk),))
    parcel = Parcel(programme.pk, ours.pk, sender, xml(key="routes", instance="uuid:routes"))
    sent = Submission.objects.get(pk=receive(parcel, at=timezone.now()).number)
    sealing = Sealing()
    sealing.add(b"a")
    stored = sealing.finished("image/jpeg").stored
    return form, sent, Attachment.objects.create(submission=sent, name="a.jpg", stored=stored)
