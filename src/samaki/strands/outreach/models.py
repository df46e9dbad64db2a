from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Campaign(Record):
    key = models.SlugField(max_length=60, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title_km = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)


class OutreachTally(Record):
    """Contacts of one channel at one place between two dates, both included: times reached, not persons."""

    class Channel(models.TextChoices):
        CAMPAIGN = "campaign", _("Campaign")
        FLIER = "flier", _("Flier")
        HOUSE_VISIT = "house_visit", _("House visit")
        SOCIAL_MEDIA = "social_media", _("Social media")
        MATERIALS = "materials", _("Materials and tools given")
        NOT_RECORDED = "not_recorded", _("Not recorded")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="tallies")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=14, choices=Channel.choices, default=Channel.NOT_RECORDED)
    since = models.DateField()
    until = models.DateField()
    contacts = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="outreach_tally_in_order"),
            models.UniqueConstraint(
                "programme",
                "organisation",
                Coalesce("campaign", 0),
                Coalesce("group", 0),
                "place",
                "channel",
                "since",
                "until",
                name="outreach_tally_once",
            ),
        ]
        indexes = [models.Index(fields=["origin"], name="outreach_tally_origin")]
