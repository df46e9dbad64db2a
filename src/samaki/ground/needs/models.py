from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class LearningNeed(Record):
    """What a community or partner asked to learn; nobody is named in it. `organisation` keeps the record."""

    class RaisedBy(models.TextChoices):
        COMMUNITY = "community", _("A community")
        PARTNER = "partner", _("A partner organisation")

    class State(models.TextChoices):
        RAISED = "raised", _("Raised (need)")
        PRIORITISED = "prioritised", _("Put in order (need)")
        ANSWERED = "answered", _("Answered by a training")
        DECLINED = "declined", _("Declined (need)")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    raised_by = models.CharField(max_length=10, choices=RaisedBy.choices)
    raised_on = models.DateField()
    text = models.TextField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.RAISED)
    priority = models.PositiveSmallIntegerField(null=True)  # 1 is first
    prioritised_on = models.DateField(null=True)
    answered_by = models.ForeignKey(Activity, null=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)
    declined_because = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["programme", "raised_on"], name="need_programme_raised")]
        constraints = [
            models.CheckConstraint(
                condition=Q(priority__isnull=True, prioritised_on__isnull=True)
                | Q(priority__gte=1, prioritised_on__gte=F("raised_on")),
                name="need_prioritised_when",
            ),
            models.CheckConstraint(
                condition=(Q(state="answered") & Q(answered_by__isnull=False, closed_on__gte=F("raised_on")))
                | (Q(state="declined") & ~Q(declined_because="") & Q(closed_on__gte=F("raised_on")))
                | (Q(state="prioritised", priority__isnull=False, closed_on__isnull=True))
                | (Q(state="raised", closed_on__isnull=True)),
                name="need_closed_with_its_reason",
            ),
        ]
