from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Session
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record
from samaki.strands.learning.models.series import Series


class Certification(Record):
    """That a person may lead, from `certified_on`; it lapses after six months without leading (see rules).

    `code` is what her certificate carries: drawn at random, it tells nothing and opens only whether it stands.
    """

    class Kind(models.TextChoices):
        FIRST = "first", _("Certified")
        RENEWED = "renewed", _("Renewed by a refresher")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, null=True, on_delete=models.PROTECT, related_name="certifications")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FIRST)
    code = models.CharField(max_length=32, unique=True)
    certified_on = models.DateField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "programme", "certified_on"], name="certification_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("certified_on")),
                name="certification_in_order",
            ),
        ]


class CoachingVisit(Record):
    """A visit to a facilitator at work. `notes` are sealed under her own key."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, null=True, on_delete=models.SET_NULL, related_name="+")
    visited_on = models.DateField()
    by = models.CharField(max_length=150)
    notes = models.BinaryField(default=b"")
