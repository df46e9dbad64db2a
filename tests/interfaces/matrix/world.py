"""One world for all cells: a record of each kind at Banteay Srei (Feminists in Action), at WELA and at the women's
service (Men's Perspective Project), and the address of each route about it. Made once for a module of tests.
"""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import DeviceCredential, RoleGrant, User
from samaki.ground.activities.models import Activity, Session
from samaki.ground.activities.sheets import make_sheet
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import AcrossPair, Person
from samaki.ground.periods.models import PeriodLock
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.ground.services.models import Service
from samaki.interfaces.imports.models import ImportRun
from samaki.kernel.actors import Actor, Grant, Role
from samaki.strands.counselling.models import AuthorityResponse, Case, Conference, Declaration, EmergencyAccess, Tie
from samaki.strands.learning.models import Certification
from samaki.strands.learning.operations.certification import record_visit
from samaki.strands.survivors import operations as hers
from samaki.strands.survivors.models import WarningTask
from samaki.strands.survivors.operations import Wish
from samaki.strands.survivors.rules import ConsentHow, Purpose, Said
from samaki.strands.vetting.models import Bar, Candidacy, Question
from samaki.strands.vetting.rules import State
from tests.interfaces.matrix.cells import Relation
from tests.interfaces.matrix.readers import ELSEWHERE, HOMES, SERVICES, SET_UP, Readers
from tests.interfaces.matrix.records import Arguments, theirs

__all__ = ["ABSENT", "World", "theirs"]
ABSENT = 987654321  # the id of nothing


class World:
    """`about` holds the arguments of each route; `of_conflicted` those that differ where the reader is his kin,
    `of_revoked` where a referral was taken back, `posted` where another record is acted on than is read."""

    def __init__(self) -> None:
        fia, mpp = Programme.objects.get(key="fia"), Programme.objects.get(key="mpp")
        for key in (*SERVICES.values(), ELSEWHERE["mpp"]):
            made, _new = Organisation.objects.get_or_create(key=key, defaults={"name_latin": key, "kind": "local_ngo"})
            ProgrammeRole.objects.get_or_create(programme=mpp, organisation=made, part=ProgrammeRole.Part.PARTNER)
        self.about = theirs()
        own = Group.objects.get(key=self.about["group"][0])
        man = Case.objects.filter(programme=mpp, group__isnull=False).order_by("pk").select_related("group")[0]
        beside = Group.objects.filter(programme=mpp, organisation=man.organisation).exclude(pk=man.group_id)[0]
        other = Group.objects.create(
            key="matrix-other", programme=fia, organisation=own.organisation, kind=own.kind, name_km="ក", name_latin="O"
        )
        assert man.group is not None
        self.readers = Readers({"fia": own, "mpp": man.group}, {"fia": other, "mpp": beside})
        self.of_conflicted: dict[str, Arguments] = {}
        self.of_revoked: dict[str, Arguments] = {}
        self.posted: dict[str, Arguments] = {}
        self.posted_conflicted: dict[str, Arguments] = {}
        self._of_people(fia)
        self._of_fields(fia)
        self._of_a_man(man)
        self._of_her(mpp)

    def address(self, name: str, relation: Relation, method: str = "GET") -> str:
        wanted = [self.about]
        if method == "POST":
            wanted.insert(0, self.posted)
        if relation is Relation.CONFLICTED:
            wanted[:0] = [self.posted_conflicted, self.of_conflicted] if method == "POST" else [self.of_conflicted]
        if relation is Relation.REVOKED:
            wanted.insert(0, self.of_revoked)
        return reverse(name, args=next((one[name] for one in wanted if name in one), []))

    def absent(self, name: str) -> str | None:
        """The address of a record that does not exist, None where it takes none that could be absent."""
        arguments = self.about.get(name, [])
        at = next((i for i, one in reversed(list(enumerate(arguments))) if isinstance(one, int)), None)
        if at is None:
            return None
        return reverse(name, args=[*arguments[:at], ABSENT if arguments[at] != 1 else 97, *arguments[at + 1 :]])

    def user(self, role: Role, relation: Relation = Relation.OWN) -> User:
        return self.readers.users[role, relation]

    def _of_people(self, fia: Programme) -> None:
        ours = Organisation.objects.get(key=HOMES["fia"])
        kept = User.objects.create(username="matrix-kept")
        grant = RoleGrant.objects.create(user=kept, role=Role.FACILITATOR, organisation=ours, programme_id=fia.pk)
        for name in ("user", "user_role", "user_password", "user_second_step", "user_close"):
            self.about[name] = [kept.pk]
        self.about["user_role_end"] = [kept.pk, grant.pk]
        person = Person.objects.get(pk=self.about["person"][0])
        certificate = Certification.objects.get(pk=self.about["certificate"][0])
        pair = AcrossPair.objects.order_by("pk")[0]
        self.about |= {
            "across_review": ["fia"],
            "across_compare": ["fia"],
            "decide_across": ["fia", pair.pk],
            "across_agree": [person.pk],
            "across_end": [person.pk],
            "leaving": [person.pk],
            "leaving_step": [person.pk, "leave"],
            "consent_end": [person.pk, 1],
            "sign_in_as_example": ["officer"],
            "public_certificate": [certificate.code],
        }
        visit = record_visit(
            programme=certificate.programme,
            organisation=certificate.organisation,
            person_id=certificate.person_id,
            visited_on=timezone.localdate(),
            notes="matrix",
            by=SET_UP,
            at=timezone.now(),
        )
        self.about["visit_notes"] = [visit.pk]

    def _of_fields(self, fia: Programme) -> None:
        ours, now = Organisation.objects.get(key=HOMES["fia"]), timezone.now()
        taught = Session.objects.select_related("activity__programme").get(pk=self.about["take_attendance"][0])
        Activity.objects.filter(pk__in=[taught.activity_id, self.about["keying"][0]]).update(
            facilitator=self.user(Role.FACILITATOR)
        )
        sheet = make_sheet(session=taught, blank_rows=2, by=SET_UP, at=now)
        device = DeviceCredential.objects.create(
            user=self.user(Role.PARTNER_ME),
            organisation=ours,
            programme_id=fia.pk,
            kind=DeviceCredential.Kind.APP,
            username="matrix-phone",
            salt=b"",
            secret=b"",
            created_at=now,
            created_by="matrix",
        )
        run = ImportRun.objects.create(
            kind="roster", programme=fia, organisation=ours, user=None, actor_name="matrix", begun_at=now
        )
        group = Group.objects.create(
            key="matrix-working-group",
            programme=fia,
            organisation=ours,
            kind=Group.Kind.WORKING_GROUP,
            keeps_names=True,
            name_km="ក",
            name_latin="Working group",
            formed_on=dt.date(2020, 1, 1),
        )
        person = Person.objects.filter(organisation=ours).order_by("pk")[0]
        Membership.objects.create(group=group, person=person, since=dt.date(2020, 1, 1))
        PeriodLock.objects.create(
            programme=fia,
            period="2015-01",
            first=dt.date(2015, 1, 1),
            last=dt.date(2015, 1, 31),
            version=1,
            locked_at=now,
            locked_by="matrix",
        )
        self.about |= {
            "reopen_period": ["fia", "2015-01"],
            "make_sheet": [taught.activity.key, taught.number],
            "sheet": [sheet.token],
            "sheet_paper": [sheet.token],
            "revoke_device": [device.pk],
            "import_example": ["roster"],
            "import_send": ["roster"],
            **{name: [run.pk] for name in ("import_run", "import_columns", "import_wrong_rows")},
            "import_step": [run.pk, "discard"],
            "group_composition_csv": [group.key],
            **{name: ["fia"] for name in ("field_data", "field_send", "or_form_list", "or_submission")},
            **{name: ["fia", 1] for name in ("or_xform", "or_manifest")},
            "or_media": ["fia", 1, 1],
        }

    def _of_a_man(self, man: Case) -> None:
        """A case of the own counsellor, and one of the counsellor who is the man's kin; everybody conflicted is."""
        assert man.group is not None
        second = Case.objects.create(
            code="MATRIX-2", programme=man.programme, organisation=man.organisation, group=man.group, place=man.place
        )
        first = Case.objects.create(
            code="MATRIX-1", programme=man.programme, organisation=man.organisation, group=man.group, place=man.place
        )
        now = timezone.now()
        Case.objects.filter(pk=first.pk).update(counsellor=self.user(Role.COUNSELLOR))
        Case.objects.filter(pk=second.pk).update(counsellor=self.user(Role.COUNSELLOR, Relation.CONFLICTED))
        for role in Role:
            kin = self.user(role, Relation.CONFLICTED)
            Declaration.objects.create(case=second, user=kin, tie=Tie.KIN, declared_at=now)
        Declaration.objects.create(
            case=first, user=self.user(Role.COUNSELLOR), tie=Tie.NONE, declared_at=now - dt.timedelta(days=1)
        )
        meets = Conference.objects.create(
            programme=man.programme, organisation=man.organisation, meets_on=timezone.localdate()
        )
        self.about["case_conference"] = [meets.pk]
        applied = Candidacy.objects.filter(organisation=man.organisation, state=State.ACTIVE).order_by("pk")[0]
        bar = Bar.objects.create(
            organisation=man.organisation,
            programme=man.programme,
            person=Person.objects.filter(organisation=man.organisation).order_by("-pk")[0],
            barred_on=timezone.localdate(now),
            salt=b"",
            reason=b"",
        )
        question = Question.objects.create(bar=bar, candidacy=applied, asked_at=now)
        told = AuthorityResponse.objects.create(
            programme=man.programme,
            organisation=man.organisation,
            group=man.group,
            office=Organisation.objects.filter(kind="government_office").order_by("pk")[0],
            reported_at=now,
            reported_on=timezone.localdate(now),
        )
        self.about |= {
            **{name: [applied.pk] for name in ("candidate", "candidate_read")},
            "candidate_act": [applied.pk, "refuse"],
            "vetting_question": [question.pk],
            "authority_answer": [told.pk],
        }
        for case, into, posted, relation in (
            (first, self.about, self.posted, Relation.OWN),
            (second, self.of_conflicted, self.posted_conflicted, Relation.CONFLICTED),
        ):
            near = self.user(Role.COUNSELLOR, Relation.TEAM)
            tie = Declaration.objects.create(case=case, user=near, tie=Tie.NEIGHBOUR, declared_at=now)
            asked = EmergencyAccess.objects.create(case=case, user=near, reason="matrix", asked_at=now)
            opened = EmergencyAccess.objects.create(
                case=case,
                user=self.user(Role.SAFEGUARDING_FOCAL, relation),
                second=self.user(Role.CASE_SUPERVISOR, Relation.TEAM),
                reason="matrix",
                asked_at=now,
                opened_at=now,
                closes_at=now + dt.timedelta(hours=1),
            )
            into |= {
                "own_case": [case.pk],
                "own_case_act": [case.pk, "risk"],
                **{name: [case.pk] for name in ("case_give", "case_whole", "case_route")},
                "case_tie": [tie.pk],
                "case_emergency": [opened.pk],
            }
            posted["case_emergency"] = [asked.pk]

    def _of_her(self, mpp: Programme) -> None:
        house, now, today = Organisation.objects.get(key="womens-service"), timezone.now(), timezone.localdate()
        user = self.user(Role.WOMENS_SERVICE_WORKER)
        grant = Grant(Role.WOMENS_SERVICE_WORKER, house.pk, mpp.pk)
        by = Actor(user.pk, user.username, (grant,), second_factor=True, reason="follow_up")
        file = hers.open_file(
            programme=mpp, organisation=house, code="MATRIX-1", opened_on=today, said=Said(how="matrix"), by=by, at=now
        )
        sent: dict[Relation, tuple[int, str]] = {}
        for relation, key in SERVICES.items():
            service = Service.objects.create(
                programme=mpp,
                organisation=Organisation.objects.get(key=key),
                kind=Service.Kind.MEDICAL,
                name_km="ក",
                name_en=key,
            )
            wish = Wish(Purpose.HEALTH, [], today, ConsentHow.SPOKEN, today + dt.timedelta(days=30))
            made = hers.draft(file=file, service=service, wish=wish, by=by, at=now)
            one, token = hers.send(referral=made, by=by, at=now)
            sent[relation] = (one.pk, token)
            if relation is Relation.REVOKED:
                hers.revoke(referral=one, by=by, at=now)
        live, gone = sent[Relation.REFERRED], sent[Relation.REVOKED]
        task = WarningTask.objects.filter(organisation=house).order_by("pk")[0]
        alone = ("safe_file", "safe_contact", "safe_edit", "safe_risk", "safe_follow_up", "safe_refer")
        self.about |= {
            **{name: [file.pk] for name in alone},
            "safe_step": [file.pk, "close"],
            "safe_referral_step": [live[0], "revoke"],
            "safe_received": [live[0]],
            "safe_received_step": [live[0], "decline"],
            "safe_task": [task.pk],
            "safe_task_step": [task.pk, "take"],
            "safe_link": [live[1]],
        }
        self.of_revoked |= {"safe_received": [gone[0]], "safe_received_step": [gone[0], "decline"]}
