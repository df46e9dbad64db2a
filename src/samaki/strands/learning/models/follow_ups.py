from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class FollowUp(Record):
    """Whether a person applies what she learned at a training, as asked some months later.

    `evidence` is what was seen or told, sealed under the person's own key: it is gone when she withdraws. `in_window`:
    asked 3 to 6 months after `trained_on`, the training's last day.
    """

    class Applied(models.TextChoices):
        YES = "yes", _("Yes (applies it)")
        PARTLY = "partly", _("Partly (applies it)")
        NO = "no", _("No (does not apply it)")
        UNKNOWN = "unknown", _("Not known (whether it is applied)")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    trained_on = models.DateField()
    followed_up_on = models.DateField()
    in_window = models.BooleanField()
    applied = models.CharField(max_length=8, choices=Applied.choices)
    evidence = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "activity", "followed_up_on"], name="follow_up_once"),
            models.CheckConstraint(condition=Q(followed_up_on__gte=F("trained_on")), name="follow_up_after_training"),
        ]
        indexes = [models.Index(fields=["origin"], name="follow_up_origin")]
