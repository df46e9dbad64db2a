from django.db import models
from django.db.models import Q

from samaki.ground.organisations.models import Organisation


class Receipt(models.Model):
    """What one run let go by one rule in one organisation, numbered there: numbers of one rule tell nothing of another.
    `digest` is the SHA-256 of all the rest and stands in the audit trail too, so that a receipt changed later shows. It
    names nobody."""

    number = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    things = models.PositiveIntegerField()  # how many of the plan's lines
    went = models.JSONField(default=dict)  # by kind
    let_go_at = models.DateTimeField()
    let_go_by = models.CharField(max_length=150)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(things__gt=0), name="receipt_of_something"),
            models.UniqueConstraint(fields=["rule", "organisation", "number"], name="receipt_number_once"),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="receipt_organisation")]
