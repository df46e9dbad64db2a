from django.db import models
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Service(Record):
    """A service of an organisation. `is_public` False where naming its place would endanger those it shelters."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("Legal aid")
        MEDICAL = "medical", _("Medical care")
        SHELTER = "shelter", _("Shelter (safe house)")
        POLICE = "police", _("Police (service)")
        COUNSELLING = "counselling", _("Counselling (service)")
        WOMENS = "womens", _("Women’s service")
        VOCATIONAL = "vocational", _("Vocational training (TVET)")
        SOCIAL_PROTECTION = "social_protection", _("Social protection (NSSF)")
        CHILD_PROTECTION = "child_protection", _("Child protection")
        HEALTH_MENTAL = "mental_health", _("Mental health care")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name_km = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    languages = models.JSONField(default=list)
    access_km = models.CharField(max_length=300, blank=True)
    access_en = models.CharField(max_length=300, blank=True)
    hours_km = models.CharField(max_length=200, blank=True)
    hours_en = models.CharField(max_length=200, blank=True)
    telephone = models.CharField(max_length=60, blank=True)  # the service's own, never a person's
    verified_on = models.DateField(null=True)
    is_public = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)
