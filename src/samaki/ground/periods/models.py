from django.db import models
from django.db.models import F, Q

from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.rules import State
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class PeriodReport(Record):
    """One organisation's report on one month: figures come from records, only the narrative is written."""

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

    A correction opens the period again, with a reason; its next lock is a new version and the old one stays readable.
    `first` and `last` are the days the period had under the calendar of that moment.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="locks")
    period = models.CharField(max_length=10)  # 2008, 2008-Q1 or 2008-03
    first = models.DateField()
    last = models.DateField()
    version = models.PositiveSmallIntegerField()
    locked_at = models.DateTimeField()
    locked_by = models.CharField(max_length=150)
    reason = models.TextField(blank=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=150, blank=True)
    reopen_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "period", "version"], name="period_lock_once"),
            models.UniqueConstraint(
                fields=["programme", "period"], condition=Q(reopened_at__isnull=True), name="period_lock_one_in_force"
            ),
            models.CheckConstraint(condition=Q(last__gt=F("first")), name="period_lock_in_order"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="period_lock_again_with_reason"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | ~Q(reopen_reason=""), name="period_lock_reopened_with_reason"
            ),
        ]
