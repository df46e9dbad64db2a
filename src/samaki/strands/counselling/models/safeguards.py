"""What stands between asking and doing: declarations, risk, requests to a conference, access in an emergency."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.ground.services.models import Service
from samaki.kernel.records import Record
from samaki.strands.counselling.models.cases import Case, CaseSession


class Tie(models.TextChoices):
    NONE = "none", _("None of these")
    NEIGHBOUR = "neighbour", _("A neighbour, not next door")
    NEXT_DOOR = "next_door", _("Next-door neighbour")
    KIN = "kin", _("Kin")
    CREDITOR = "creditor", _("Creditor or debtor")
    SUPERIOR = "superior", _("Superior or subordinate")
    PARTY = "party", _("Party to the matter")


class Declaration(Record):
    """What a user declares to be to the man of a case. Any tie but none locks her out of it, whatever her role; that of
    a neighbour may be approved by the supervisor. The last one of each user counts."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="declarations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    tie = models.CharField(max_length=10, choices=Tie.choices)
    declared_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (Q(tie="neighbour", approved_at__isnull=False) & ~Q(approved_by=F("user"))),
                name="declaration_approved_by_another",
            )
        ]


class Risk(Record):
    """His risk as assessed at one moment; `markers` are sealed. Never changed: a later one is another row, and where
    two were made after the same one both stand and the higher holds."""

    class Moment(models.TextChoices):
        INTAKE = "intake", _("At intake")
        SESSION = "session", _("At a session")
        CLOSURE = "closure", _("At closure")

    class Level(models.TextChoices):
        STANDARD = "standard", _("Standard (risk)")
        HIGH = "high", _("High (risk)")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="risks")
    moment = models.CharField(max_length=8, choices=Moment.choices)
    session = models.ForeignKey(CaseSession, null=True, on_delete=models.CASCADE, related_name="+")
    assessed_at = models.DateTimeField()
    assessed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=8, choices=Level.choices)
    markers = models.BinaryField(default=b"")
    after = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")  # what was read


class Routing(Record):
    """A man at high risk brought to a specialist: which service, by whom, and the assessment after which it was done.
    It changes nothing of his state, and a later assessment of high risk asks for it again."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="routings")
    after = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    routed_at = models.DateTimeField()
    routed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "after", "service"], name="routing_once")]


class Conference(Record):
    """The supervisor's fixed meeting: every request waits for the next one, whatever it asks and why."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    meets_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "organisation", "meets_on"], name="conference_once")
        ]


class CaseRequest(Record):
    """A start, closure, reassignment or referral asked for. The answer is yes or no, in the same words for all."""

    class Kind(models.TextChoices):
        START = "start", _("Start counselling")
        CLOSE = "close", _("Close the case")
        REASSIGN = "reassign", _("Give to another counsellor")
        REFER = "refer", _("Refer to a service")

    class Answer(models.TextChoices):
        WAITING = "waiting", _("Waits for the conference")
        GRANTED = "granted", _("Granted")
        NOT_NOW = "not_now", _("Not now")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="requests")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.WAITING)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    to_counsellor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    to_service_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=12, blank=True)  # what a closure is: closed or lost

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="waiting", answered_at__isnull=True)
                | (~Q(answer="waiting") & Q(answered_at__isnull=False)),
                name="case_request_answered_when",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(asked_by__isnull=True) | ~Q(answered_by=F("asked_by")),
                name="case_request_answered_by_another",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(answer="waiting"), name="case_request_one_waiting"
            ),
        ]


class EmergencyAccess(Record):
    """Sixty minutes' reading of one case by who may not otherwise: with a reason and a second person."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(second__isnull=True, opened_at__isnull=True)
                | (Q(second__isnull=False, opened_at__isnull=False) & ~Q(second=F("user"))),
                name="emergency_opened_by_another",
            )
        ]


class AuthorityResponse(Record):
    """What an authority did about a case of violence that was reported to it; no one is named. `acted_at` null: has not
    answered. `minutes` it took, and the local day of the report, follow from the two moments. Where it mediated, that
    is its act and a sign that safety must be looked at."""

    class Act(models.TextChoices):
        STOPPED = "stopped", _("Went there and stopped the violence")
        SAFETY = "safety", _("Brought people to safety")
        WEAPON = "weapon", _("Took a weapon away")
        RECORD = "record", _("Made a record of it")
        COURT = "court", _("Sent it to the court")
        MEDIATED = "mediated", _("Mediated between the two")
        OTHER = "other", _("Another act")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")  # that reported it
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    reported_on = models.DateField()
    acted_at = models.DateTimeField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    action = models.CharField(max_length=30, choices=Act.choices, blank=True)
    mediated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(acted_at__isnull=True) | Q(acted_at__gte=F("reported_at")), name="authority_acts_after"
            ),
            models.CheckConstraint(
                condition=Q(acted_at__isnull=True, minutes__isnull=True, action="", mediated=False)
                | (Q(acted_at__isnull=False, minutes__isnull=False) & ~Q(action="")),
                name="authority_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(action="mediated", mediated=True) | (~Q(action="mediated") & Q(mediated=False)),
                name="authority_mediation_flagged",
            ),
        ]
        indexes = [models.Index(fields=["programme", "reported_at"], name="authority_response_reported")]
