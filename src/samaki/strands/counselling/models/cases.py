import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Case(Record):
    """A man counselled, by code alone. A case opened again keeps its code.

    `state` moves as `course` allows: by the risk assessed at intake, then by what the conference grants; a case of an
    old register stands where its register left it. What came from his partner is in no table of this strand.
    """

    class State(models.TextChoices):
        OPENED = "opened", _("Opened (case)")
        SCREENED = "screened", _("Safety screened")
        COUNSELLING = "counselling", _("In counselling")
        FOLLOW_UP = "follow_up", _("In follow-up")
        CLOSED = "closed", _("Closed (case)")
        LOST = "lost", _("Lost (case)")
        REFERRED = "referred", _("Referred (case)")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField(null=True)  # null: the register gives no date
    state = models.CharField(max_length=12, choices=State.choices, default=State.COUNSELLING)
    closed_on = models.DateField(null=True)
    counsellor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    womens_service = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "organisation", "code"], name="case_code_once"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(state__in=("closed", "lost", "referred")),
                name="case_closed_when_over",
            ),
        ]


class CaseKey(models.Model):
    """The salt of a case's own sealing key. Deleting this row makes what was written in his file unreadable."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="key")
    salt = models.BinaryField()


class CaseSession(Record):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    held_on = models.DateField(null=True)  # null: the register gives no date
    minutes = models.PositiveSmallIntegerField(null=True)  # null: not told
    notes = models.BinaryField(default=b"")  # sealed under the case's own key

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_session_number_once")]


class Outcome(Record):
    """What one informant said on one date about one kind of violence. Never merged with another informant's word."""

    class Informant(models.TextChoices):
        SURVIVOR = "A", _("Survivor, through the women’s organisation")
        SERVICE_WORKER = "B", _("Women’s-service worker")
        MENS_GROUP = "C", _("Men’s group")
        MAN = "D", _("The man himself")

    class Violence(models.TextChoices):
        ANY = "any", _("Any violence")
        PHYSICAL = "physical", _("Physical violence")
        SEXUAL = "sexual", _("Sexual violence")
        PSYCHOLOGICAL = "psychological", _("Psychological violence")
        ECONOMIC = "economic", _("Economic violence")

    class Value(models.TextChoices):
        WORSE = "worse", _("Worse")
        UNCHANGED = "unchanged", _("Unchanged")
        IMPROVED = "improved", _("Improved")
        STOPPED = "stopped", _("Stopped (violence)")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="outcomes")
    informant = models.CharField(max_length=1, choices=Informant.choices)
    instrument = models.CharField(max_length=40, default="group_judgement")
    violence = models.CharField(max_length=14, choices=Violence.choices)
    value = models.CharField(max_length=10, choices=Value.choices)
    judged_on = models.DateField(null=True)  # null: the register gives no date

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "case", "informant", "instrument", "violence", Coalesce("judged_on", dt.date.min), name="outcome_once"
            )
        ]
