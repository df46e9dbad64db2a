from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Activity(Record):
    class Kind(models.TextChoices):
        TRAINING = "training", _("Training")
        TRAINING_OF_TRAINERS = "training_of_trainers", _("Training of trainers (ToT)")
        WORKSHOP = "workshop", _("Workshop")
        MEETING = "meeting", _("Meeting")
        REFLECTION = "reflection", _("Reflection")
        LEARNING_EVENT = "learning_event", _("Linking and learning event")
        CAMPAIGN = "campaign", _("Campaign")
        LIVELIHOOD = "livelihood", _("Livelihood activity")
        DIALOGUE = "dialogue", _("Dialogue")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    key = models.SlugField(max_length=60, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="activities")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    title_km = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    is_sensitive = models.BooleanField(default=False)  # tallies only
    childcare_offered = models.BooleanField(null=True)
    time_of_day = models.CharField(max_length=20, blank=True)
    facilitator = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name_plural = "activities"
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="activity_in_order")]
        indexes = [models.Index(fields=["programme", "starts_on"], name="activity_programme_start")]


class Session(Record):
    """One sitting of an activity. Attendance not recorded is unknown; recorded and empty is nobody."""

    class Attendance(models.TextChoices):
        NOT_RECORDED = "not_recorded", _("Not recorded")
        NAMED = "named", _("Named")
        TALLY = "tally", _("Counts only")

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField(default=1)
    held_on = models.DateField()
    title_km = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    attendance = models.CharField(max_length=14, choices=Attendance.choices, default=Attendance.NOT_RECORDED)
    was_planned = models.BooleanField(default=False)  # stood here before the form that filled it
    mended_at = models.DateTimeField(null=True)  # when a page last changed what a form had made

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "number"], name="session_number_once")]
        indexes = [models.Index(fields=["origin"], name="session_origin")]


class Attendance(models.Model):
    """A person at a session, once."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendances")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="attendance_once")]


class Tally(models.Model):
    """An anonymous count of one session: `value` of `dimension` (gender, age_band, rightsholder_group, id_poor,
    ethnicity, or all). Never beside a name, never added to persons."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="tallies")
    dimension = models.CharField(max_length=24)
    value = models.CharField(max_length=60)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint(fields=["session", "dimension", "value"], name="tally_once")]


class SignInSheet(models.Model):
    """A printed sheet of one session: `rows` are person ids in the order of the paper, then `blank_rows` to be written
    in by hand. `token` is what its code carries; it tells nothing and opens nothing by itself."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="sheets")
    token = models.CharField(max_length=40, unique=True)
    rows = models.JSONField(default=list)
    blank_rows = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    @property
    def origin(self) -> str:
        """How the attendance keyed from it names what it came from."""
        return f"sheet:{self.pk}"


class Participation(models.Model):
    """An organisation or office that took part in an activity, and its part."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=40, default="took_part")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "organisation"], name="participation_once")]


class Feedback(Record):
    """What somebody said after an activity: whether she felt heard, and what she asks for. Nobody is named in it; the
    words are free text, so they stay with the organisation that received them."""

    class FeltHeard(models.TextChoices):
        YES = "yes", _("Yes (felt heard)")
        PARTLY = "partly", _("Partly (felt heard)")
        NO = "no", _("No (felt heard)")
        NOT_RECORDED = "not_recorded", _("Not recorded (felt heard)")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, null=True, on_delete=models.SET_NULL, related_name="feedback")
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()
    felt_heard = models.CharField(max_length=14, choices=FeltHeard.choices, default=FeltHeard.NOT_RECORDED)
    asked_for = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(
                condition=~Q(felt_heard="not_recorded") | ~Q(asked_for=""), name="feedback_says_something"
            )
        ]
        indexes = [
            models.Index(fields=["origin"], name="feedback_origin"),
            models.Index(fields=["programme", "organisation", "given_on"], name="feedback_given"),
        ]
