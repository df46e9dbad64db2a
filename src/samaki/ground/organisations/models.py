from django.db import models
from django.utils.translation import gettext_lazy as _

from samaki.ground.places.models import Place
from samaki.kernel.records import Record


class Organisation(Record):
    class Kind(models.TextChoices):
        LOCAL_NGO = "local_ngo", _("Local NGO")
        INTERNATIONAL_NGO = "international_ngo", _("International NGO")
        COMMUNITY_BASED = "community_based", _("Community-based organisation")
        GOVERNMENT_OFFICE = "government_office", _("Government office")
        DONOR = "donor", _("Donor")

    key = models.SlugField(max_length=60, unique=True)
    name_km = models.CharField(max_length=200, blank=True)
    name_latin = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    women_led = models.BooleanField(null=True)  # as declared, never inferred; null: not declared
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name_latin
