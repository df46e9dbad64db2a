from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Instrument(Record):
    """A test or scale by its key. `scoring` names the rule in `rules` that scores it."""

    class Scoring(models.TextChoices):
        KNOWLEDGE = "knowledge", _("Knowledge test")
        LAW = "law", _("Awareness of the law")
        GEM = "gem", _("GEM scale")
        WASHINGTON_GROUP = "washington_group", _("Washington Group questions")
        LIKERT = "likert", _("Scale of agreement")

    key = models.SlugField(max_length=60, unique=True)
    scoring = models.CharField(max_length=16, choices=Scoring.choices)
    title_km = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="+")  # null: for all


class InstrumentVersion(Record):
    """Once published its items never change. A pre and a post pair only within one version."""

    class Wording(models.TextChoices):
        VALIDATED = "validated", _("Validated wording")
        OWN_TRANSLATION = "own_translation", _("Our own translation, not validated")
        OWN_WORDING = "own_wording", _("Our own wording, not validated")

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    wording_km = models.CharField(max_length=16, choices=Wording.choices)
    wording_en = models.CharField(max_length=16, choices=Wording.choices)
    source = models.CharField(max_length=300, blank=True)
    is_published = models.BooleanField(default=False)
    bands = models.JSONField(default=list)  # of a scale of agreement: [{"from": 5, "km": …, "en": …}], lowest first

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instrument", "number"], name="instrument_version_once")]


class InstrumentItem(models.Model):
    """One question. `choices` is a list of {"value": 1, "km": …, "en": …}; `is_reversed` turns the scale round; `right`
    is the value that is correct in a test, null in a scale."""

    version = models.ForeignKey(InstrumentVersion, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    text_km = models.TextField()
    text_en = models.TextField()
    choices = models.JSONField()
    is_reversed = models.BooleanField(default=False)
    right = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="instrument_item_once")]


class Response(Record):
    """A person's answers to an instrument on one day, sealed under her own key.

    `points` of `most` over `answered` items, `least` the lowest there could be, `scaled` over the whole instrument (see
    `rules.scoring`); all null where too few were answered, and always for the Washington Group's questions, whose
    answers are used in sums alone.
    """

    class Moment(models.TextChoices):
        PRE = "pre", _("Before (test)")
        POST = "post", _("After (test)")
        FOLLOW_UP = "follow_up", _("Follow-up (test)")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=9, choices=Moment.choices)
    answered_on = models.DateField()
    answers = models.BinaryField()
    answered = models.PositiveSmallIntegerField(null=True)
    points = models.PositiveIntegerField(null=True)
    least = models.PositiveIntegerField(null=True)
    most = models.PositiveIntegerField(null=True)
    scaled = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "version", "moment", "answered_on"], name="response_once"),
            models.CheckConstraint(
                condition=Q(points__isnull=True)
                | Q(points__gte=F("least"), points__lte=F("most"), answered__isnull=False),
                name="response_points_in_range",
            ),
        ]
        indexes = [models.Index(fields=["origin"], name="response_origin")]


class EarlierAnswers(models.Model):
    """What a response said until it was changed, sealed as it stood under the key of the person it was of."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="earlier")
    revision = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=9, choices=Response.Moment.choices)
    answered_on = models.DateField()
    answers = models.BinaryField()
    origin = models.CharField(max_length=80, blank=True)
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "revision"], name="earlier_answers_once")]
