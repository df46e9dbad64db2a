from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class State(models.TextChoices):
    OPEN = "open", _("Open (reporting period)")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for correction")
    VERIFIED = "verified", _("Verified")


class PeriodReport(Record):
    """One organisation's report on one month of a programme: figures come from records, only the narrative is written."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="reports")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)  # 2008-03
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    narrative = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    return_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "organisation", "period"], name="period_report_once"),
            models.CheckConstraint(
                condition=~Q(state=State.RETURNED) | ~Q(return_reason=""), name="period_report_returned_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(state=State.OPEN) | Q(submitted_at__isnull=False), name="period_report_submitted_when"
            ),
        ]


class PeriodLock(models.Model):
    """A period of a programme closed to change: its figures answer from the snapshots made at that moment.

    A correction after the lock makes a new version; the old one stays readable.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="locks")
    period = models.CharField(max_length=10)  # 2008, 2008-Q1 or 2008-03
    version = models.PositiveSmallIntegerField()
    locked_at = models.DateTimeField()
    locked_by = models.CharField(max_length=150)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "period", "version"], name="period_lock_once")]
