from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Session
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Theme(Record):
    """What a curriculum is about; a list each programme edits. One no longer used stays on what it marked."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=60)
    name_km = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="theme_once")]


class Curriculum(Record):
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(max_length=60, unique=True)
    title_km = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    themes = models.ManyToManyField(Theme, related_name="+")

    class Meta:
        verbose_name_plural = "curricula"


class CurriculumVersion(Record):
    """Once agreed its modules never change: what a session used stays what it was."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft (curriculum)")
        AGREED = "agreed", _("Agreed (curriculum)")
        RETIRED = "retired", _("No longer used (curriculum)")

    curriculum = models.ForeignKey(Curriculum, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    summary_km = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    agreed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["curriculum", "number"], name="curriculum_version_once"),
            models.CheckConstraint(
                condition=Q(state="draft", agreed_on__isnull=True) | (~Q(state="draft") & Q(agreed_on__isnull=False)),
                name="curriculum_version_agreed_when",
            ),
        ]


class Module(Record):
    version = models.ForeignKey(CurriculumVersion, on_delete=models.CASCADE, related_name="modules")
    number = models.PositiveSmallIntegerField()
    title_km = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    aims_km = models.TextField(blank=True)
    aims_en = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    themes = models.ManyToManyField(Theme, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="module_number_once")]


class Material(Record):
    """A file of a module, in one language."""

    class Language(models.TextChoices):
        KHMER = "km", _("Khmer")
        ENGLISH = "en", _("English")

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="materials")
    language = models.CharField(max_length=2, choices=Language.choices)
    title = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["module", "language", "name"], name="material_once")]


class Review(Record):
    """One step of the talk about a version: who proposed what, who agreed, what changed by it. `by` names an office or
    a group of staff, never a participant."""

    class Step(models.TextChoices):
        PROPOSED = "proposed", _("Proposed (change)")
        DISCUSSED = "discussed", _("Discussed (change)")
        AGREED = "agreed", _("Agreed (change)")
        DECLINED = "declined", _("Declined (change)")

    version = models.ForeignKey(CurriculumVersion, on_delete=models.CASCADE, related_name="reviews")
    answers = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="answered_by")
    step = models.CharField(max_length=9, choices=Step.choices)
    on = models.DateField()
    by = models.CharField(max_length=150)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()


class SessionUse(Record):
    """The version, and where known the module, that a session taught."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(CurriculumVersion, on_delete=models.PROTECT, related_name="uses")
    module = models.ForeignKey(Module, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "module"], name="session_use_of_module_once"),
            models.UniqueConstraint(
                fields=["session", "version"], condition=Q(module__isnull=True), name="session_use_of_version_once"
            ),
        ]
