import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    PROVINCE = 1, _("Province")
    DISTRICT = 2, _("District")
    COMMUNE = 3, _("Commune")
    VILLAGE = 4, _("Village")


class Place(models.Model):
    """A place at a level for a span of dates. `code` is the NCDD code, a string of 2, 4, 6 or 8 digits."""

    code = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    kind = models.CharField(max_length=12)  # province, capital, district, khan, krong, commune, sangkat, village
    name_km = models.CharField(max_length=120)
    name_latin = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    country = models.CharField(max_length=2, default="kh")
    valid_from = models.DateField(null=True)  # null: since before records
    valid_until = models.DateField(null=True)  # null: still

    class Meta:
        constraints = [
            models.UniqueConstraint("country", "code", Coalesce("valid_from", dt.date.min), name="place_code_once"),
            models.CheckConstraint(
                condition=Q(level=Level.PROVINCE, parent__isnull=True)
                | Q(level__gt=Level.PROVINCE, parent__isnull=False),
                name="place_has_parent_below_province",
            ),
        ]
        indexes = [models.Index(fields=["code"], name="place_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_latin}"


class PlaceName(models.Model):
    """Every folded spelling a place answers to: Khmer, Latin and aliases. See `rules.folded`."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="names")
    folded = models.CharField(max_length=120)
    is_alias = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "folded"], name="place_name_once")]
        indexes = [models.Index(fields=["folded"], name="place_name_folded")]


class PlaceFault(models.Model):
    """A fault of the source table, reported rather than hidden."""

    class Kind(models.TextChoices):
        DUPLICATE_CODE = "duplicate_code", _("The same code twice")
        ORPHAN = "orphan", _("No place above it")
        MALFORMED_CODE = "malformed_code", _("Not a code of its level")
        PARENT_MISMATCH = "parent_mismatch", _("The code contradicts the place above it")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    code = models.CharField(max_length=12)
    name_km = models.CharField(max_length=120)
    name_latin = models.CharField(max_length=120)
    source = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "name_km", "name_latin", "source"], name="place_fault_once")
        ]


class GazetteerEdition(models.Model):
    """The table a country's places were last loaded from. `stamp` is new with each change, so a process knows from one
    row whether the names it holds still stand."""

    country = models.CharField(max_length=2, primary_key=True)
    source = models.CharField(max_length=60)
    stamp = models.CharField(max_length=32)
    loaded_at = models.DateTimeField()
