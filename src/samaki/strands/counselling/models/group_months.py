from django.db import models
from django.db.models import F, Q

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class GroupMonth(Record):
    """A men's group's report on one month: counts only. A correction is a new version; the old one stays.

    Of `men_counselled` (first counselled in that month), `men_success` were judged improved or stopped by the group,
    and of those `men_stopped` stopped physical violence. Null means the report does not say.
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    received_on = models.DateField()
    sessions_held = models.PositiveIntegerField(null=True)
    men_counselled = models.PositiveIntegerField(null=True)
    men_success = models.PositiveIntegerField(null=True)
    men_stopped = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "month", "version"], name="group_month_version_once"),
            models.UniqueConstraint(
                fields=["group", "month"], condition=Q(is_current=True), name="group_month_one_current"
            ),
            models.CheckConstraint(
                condition=Q(men_success__isnull=True)
                | Q(men_counselled__isnull=False, men_success__lte=F("men_counselled")),
                name="group_month_success_within_counselled",
            ),
            models.CheckConstraint(
                condition=Q(men_stopped__isnull=True) | Q(men_success__isnull=False, men_stopped__lte=F("men_success")),
                name="group_month_stopped_within_success",
            ),
        ]
        indexes = [models.Index(fields=["origin"], name="group_month_origin")]
