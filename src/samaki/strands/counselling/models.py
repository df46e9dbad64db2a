import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Case(Record):
    """A man counselled, by code alone. A case opened again keeps its code."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField(null=True)  # null: the register gives no date

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "organisation", "code"], name="case_code_once")]


class CaseSession(Record):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    held_on = models.DateField(null=True)  # null: the register gives no date

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


class GroupMonth(Record):
    """A men's group's report on one month: counts only. A correction is a new version; the old one stays.

    Of `men_counselled` (first counselled in that month), `men_success` were judged improved or stopped by the group,
    and of those `men_stopped` stopped physical violence. Null means the report does not say.
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    received_on = models.DateField()
    sessions_held = models.PositiveIntegerField(null=True)
    men_counselled = models.PositiveIntegerField(null=True)
    men_success = models.PositiveIntegerField(null=True)
    men_stopped = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "month", "version"], name="group_month_version_once"),
            models.UniqueConstraint(
                fields=["group", "month"], condition=Q(is_current=True), name="group_month_one_current"
            ),
            models.CheckConstraint(
                condition=Q(men_success__isnull=True)
                | Q(men_counselled__isnull=False, men_success__lte=F("men_counselled")),
                name="group_month_success_within_counselled",
            ),
            models.CheckConstraint(
                condition=Q(men_stopped__isnull=True) | Q(men_success__isnull=False, men_stopped__lte=F("men_success")),
                name="group_month_stopped_within_success",
            ),
        ]
        indexes = [models.Index(fields=["origin"], name="group_month_origin")]
