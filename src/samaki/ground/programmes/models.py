import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.kernel.records import Record


class Programme(Record):
    key = models.SlugField(max_length=40, unique=True)
    name_km = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    summary_km = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    fiscal_year_starts_in = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )  # month; fiscal year N is the one in which it begins
    reports_due_on_day = models.PositiveSmallIntegerField(default=10)  # of the month after
    gender_marker = models.PositiveSmallIntegerField(null=True)  # OECD 0, 1, 2: scored on design
    sdg_targets = models.JSONField(default=list)  # such as ["5.1", "5.c"]
    themes = models.JSONField(default=list)  # cross-cutting: alcohol, stis, health_workers
    iati_identifier = models.CharField(max_length=80, blank=True)
    partners = models.ManyToManyField(Organisation, through="ProgrammeRole", related_name="programmes")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gender_marker__isnull=True) | Q(gender_marker__lte=2), name="gender_marker_0_1_2"
            ),
            models.CheckConstraint(
                condition=Q(fiscal_year_starts_in__range=(1, 12)), name="fiscal_year_starts_in_a_month"
            ),
            models.CheckConstraint(condition=Q(reports_due_on_day__range=(1, 28)), name="reports_due_on_a_day"),
        ]

    def __str__(self) -> str:
        return self.key


class ProgrammeRole(models.Model):
    """What an organisation is to a programme, and when; one organisation may have many roles."""

    class Part(models.TextChoices):
        LEAD = "lead", _("Lead organisation")
        PARTNER = "partner", _("Partner organisation")
        MEMBER = "member", _("Member")
        DONOR = "donor", _("Donor")
        DUTY_BEARER = "duty_bearer", _("Duty bearer")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="roles")
    part = models.CharField(max_length=16, choices=Part.choices)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "programme", "organisation", "part", Coalesce("since", dt.date.min), name="programme_role_once"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="programme_role_in_order",
            ),
        ]


class ProgrammePlace(models.Model):
    """A place the programme works in; old or new area from a date (null: from the start)."""

    class Area(models.TextChoices):
        OLD = "old", _("Old area (of the programme)")
        NEW = "new", _("New area")
        UNDIVIDED = "undivided", _("Not divided into old and new")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="places")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=10, choices=Area.choices, default=Area.UNDIVIDED)
    since = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("programme", "place", Coalesce("since", dt.date.min), name="programme_place_once")
        ]


class Risk(models.Model):
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="risks")
    text_km = models.TextField()
    text_en = models.TextField()


class RightsholderGroup(models.Model):
    """A group each programme names for itself; people are tallied under it, never listed."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rightsholder_groups")
    key = models.SlugField(max_length=60)
    name_km = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="rightsholder_group_once")]
