from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Clearance(Record):
    """A person's standing in a programme from `since` to the day before `until` (null: until told otherwise).

    It says that somebody is cleared, suspended or barred, never why: the reason stays with vetting.
    """

    class Status(models.TextChoices):
        CLEARED = "cleared", _("Cleared")
        SUSPENDED = "suspended", _("Suspended")
        BARRED = "barred", _("Barred")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="clearances")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "programme", "status", "since"], name="clearance_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="clearance_in_order"
            ),
        ]
        indexes = [models.Index(fields=["person", "since"], name="clearance_person")]
