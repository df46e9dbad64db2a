from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Session
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record
from samaki.strands.learning.models.curricula import CurriculumVersion


class Series(Record):
    """Trainings that belong together: who attended 80% of its sessions has completed it. `ends_on` null: still open."""

    class Kind(models.TextChoices):
        TRAINING_OF_TRAINERS = "training_of_trainers", _("Training of trainers (ToT)")
        COMMUNITY = "community", _("Community training")
        REFRESHER = "refresher", _("Refresher")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(max_length=60, unique=True)
    title_km = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    version = models.ForeignKey(CurriculumVersion, null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="series_in_order"
            )
        ]


class SeriesActivity(models.Model):
    """An activity whose sessions belong to a series; to one alone."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="activities")
    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="in_series")


class Lead(Record):
    """A person who led a session. Who may is asked when it is written; what was true then stays. `kept_generation` is
    the one she had that day, kept when she withdrew, so that those she taught keep theirs."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kept_generation = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="lead_once")]


class Assessment(Record):
    """The trainers' judgement of a person at the end of a series; the last one counts."""

    class Result(models.TextChoices):
        PASSED = "passed", _("Passed (assessment)")
        NOT_YET = "not_yet", _("Not yet (assessment)")

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="assessments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    assessed_on = models.DateField()
    result = models.CharField(max_length=8, choices=Result.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "person", "assessed_on"], name="assessment_once")]
