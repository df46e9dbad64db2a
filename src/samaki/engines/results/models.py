"""Indicators and their versions, results frameworks, what sources stated, and the snapshots of locked periods."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from samaki.engines.results.columns.models import Change
from samaki.ground.periods.models import PeriodLock
from samaki.ground.programmes.models import Programme

__all__ = [
    "Baseline",
    "Change",
    "Framework",
    "Indicator",
    "IndicatorVersion",
    "Node",
    "Placement",
    "Snapshot",
    "Statement",
    "Target",
]


class Indicator(models.Model):
    """A name that lasts; what it means stands in its versions."""

    key = models.SlugField(max_length=60, unique=True)
    owner = models.CharField(max_length=60)  # who keeps the definition: strands.counselling

    def __str__(self) -> str:
        return self.key


class IndicatorVersion(models.Model):
    """One definition, never altered: a change is the next number. `counts` is what `definitions.Counts` reads.

    `digest` is the SHA-256 of the definition in canonical JSON; equal digests are equal definitions.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    label_en = models.CharField(max_length=200)
    label_km = models.CharField(max_length=200)
    why_en = models.TextField()
    why_km = models.TextField()
    numerator_en = models.TextField()
    numerator_km = models.TextField()
    denominator_en = models.TextField(blank=True)
    denominator_km = models.TextField(blank=True)
    sources_en = models.TextField()
    sources_km = models.TextField()
    unit = models.CharField(max_length=20)
    dedupe_key = models.CharField(max_length=40)
    dimensions = models.JSONField()
    counts = models.JSONField()
    author = models.CharField(max_length=120)
    checker = models.CharField(max_length=120)
    review_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="indicator_version_once"),
            models.CheckConstraint(
                condition=Q(denominator_en="", denominator_km="") | (~Q(denominator_en="") & ~Q(denominator_km="")),
                name="indicator_denominator_in_both_languages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} v{self.number}"


class Framework(models.Model):
    """A programme's results framework: goal → outcome → output."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="frameworks")
    key = models.SlugField(max_length=40, default="main")
    title_en = models.CharField(max_length=200)
    title_km = models.CharField(max_length=200)
    is_example = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="framework_once")]


class Node(models.Model):
    class Level(models.IntegerChoices):
        GOAL = 1, _("Goal")
        OUTCOME = 2, _("Outcome")
        OUTPUT = 3, _("Output")

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="nodes")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    key = models.SlugField(max_length=40)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    position = models.PositiveSmallIntegerField(default=0)
    title_en = models.CharField(max_length=300)
    title_km = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["framework", "key"], name="node_once"),
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True) | Q(level__gt=1, parent__isnull=False),
                name="node_below_goal_has_parent",
            ),
        ]


class Placement(models.Model):
    """An indicator that tells of a node."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="placements")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="placements")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "indicator"], name="placement_once")]


class Baseline(models.Model):
    """Where it stood before; in the figure's own unit (a ratio in percent). Value null: asked for, and unknown."""

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="baselines")
    cell = models.JSONField(default=dict)  # {} for all, {"area": "old"} for a part
    cell_key = models.CharField(max_length=200, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    at = models.CharField(max_length=10)  # period or year it tells of
    source = models.CharField(max_length=200)
    source_km = models.CharField(max_length=200, blank=True)  # "": known by its English name alone

    class Meta:
        constraints = [models.UniqueConstraint(fields=["placement", "cell_key"], name="baseline_once")]


class Target(models.Model):
    """What was set out to be reached in a period, for all or for a part; in the figure's own unit."""

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="targets")
    period = models.CharField(max_length=10)
    cell = models.JSONField(default=dict)
    cell_key = models.CharField(max_length=200, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["placement", "period", "cell_key"], name="target_once")]


class Statement(models.Model):
    """What a source said in its own words, kept beside the computed figure and never mixed with it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10, null=True)  # null: of no stated time
    cell = models.JSONField(default=dict)
    cell_key = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=60)
    text_en = models.CharField(max_length=300)
    text_km = models.CharField(max_length=300)
    approximate = models.BooleanField()
    source = models.CharField(max_length=300)
    source_km = models.CharField(max_length=300, blank=True)  # "": known by its English name alone
    is_example = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "programme",
                "indicator",
                Coalesce("period", models.Value("")),
                "cell_key",
                "value",
                name="statement_once",
            )
        ]


class Snapshot(models.Model):
    """One table of a locked period as it was published: all its cells, in canonical JSON, with the SHA-256 of it.

    `dimensions` names the cross ("area,gender"; empty for the total). The total's content lists the digests of every
    cross, so its digest stands for the whole figure, and a cross taken away or altered is noticed.
    """

    lock = models.ForeignKey(PeriodLock, on_delete=models.PROTECT, related_name="snapshots")
    version = models.ForeignKey(IndicatorVersion, on_delete=models.PROTECT, related_name="+")
    dimensions = models.CharField(max_length=120, blank=True)
    content = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lock", "version", "dimensions"], name="snapshot_once")]
