from django.db import models
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme


class ImportRun(models.Model):
    """One file taken, or to be taken. The file and its faults are sealed under a key of the run's own; when the run
    ends the key goes, and with it every copy of the file."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be checked")
        CHECKING = "checking", _("Being checked")
        FAULTY = "faulty", _("Some rows need correction")
        CHECKED = "checked", _("Checked, not saved yet")
        CONFIRMED = "confirmed", _("Waiting to be saved")
        SAVING = "saving", _("Being saved")
        SAVED = "saved", _("Saved (import)")
        INTERRUPTED = "interrupted", _("Interrupted")
        DISCARDED = "discarded", _("Discarded")

    kind = models.CharField(max_length=40)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.CharField(max_length=150)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    file_name = models.CharField(max_length=120, blank=True)  # blank where the kind holds names: a file may be named so
    file_size = models.PositiveIntegerField(default=0)
    salt = models.BinaryField(null=True)  # of the key that seals file and faults; null: destroyed
    faults_sealed = models.BinaryField(null=True)
    fault_count = models.PositiveIntegerField(default=0)
    wrong_rows = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(null=True)
    changed = models.PositiveIntegerField(null=True)
    unchanged = models.PositiveIntegerField(null=True)
    day_first = models.BooleanField(null=True)  # whether 5/3/2024 is the 5th of March; null: nobody said
    second_factor = models.BooleanField(default=False)  # whether whoever sent it had given hers
    corrections = models.BooleanField(default=False)  # rows may correct what was received before
    is_example = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)  # the last sign of life of whoever works on it
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-begun_at"], name="import_run_organisation")]


class ImportMapping(models.Model):
    """What an organisation's own headings mean, by kind of table, so that it says so once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    headings = models.JSONField(default=dict)  # folded heading, or its digest → column key, "" for one not read
    day_first = models.BooleanField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "kind"], name="import_mapping_once")]
