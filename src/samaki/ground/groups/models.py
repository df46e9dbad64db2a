import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Group(Record):
    """A lasting circle of people. `keeps_names` is False where belonging itself would reveal who somebody is."""

    class Kind(models.TextChoices):
        WORKING_GROUP = "working_group", _("Working group")
        MENS_GROUP = "mens_group", _("Men’s group")
        WOMENS_GROUP = "womens_group", _("Women’s group")
        NETWORK = "network", _("Network")
        COMMUNITY_OF_PRACTICE = "community_of_practice", _("Community of practice")
        SAVINGS_GROUP = "savings_group", _("Savings group")
        LEARNING_GROUP = "learning_group", _("Learning group")

    key = models.SlugField(max_length=60, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="groups")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    name_km = models.CharField(max_length=200)
    name_latin = models.CharField(max_length=200)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    formed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    keeps_names = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(formed_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("formed_on")),
                name="group_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.name_latin


class GroupRole(models.TextChoices):
    """The roles that are offered; `Membership.role` keeps whatever a group calls its own."""

    MEMBER = "member", _("Member (role)")
    CHAIR = "chair", _("Chair (role)")
    DEPUTY = "deputy", _("Deputy (role)")
    SECRETARY = "secretary", _("Secretary (role)")
    TREASURER = "treasurer", _("Treasurer (role)")
    LEADER = "leader", _("Leader (role)")
    FACILITATOR = "facilitator", _("Facilitator (role)")
    OBSERVER = "observer", _("Observer (role)")


class Membership(Record):
    """Membership in one role from `since` through the day before `until` (null: still). Another role from a day on is
    another membership. `representing` is the organisation that the person comes from, null where none is known."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40, default=GroupRole.MEMBER.value)
    representing = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "person", "since"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="membership_in_order"
            ),
        ]

    @property
    def role_label(self) -> str:
        """The role in words; one that is the group's own as it was written."""
        return str(dict(GroupRole.choices).get(self.role, self.role))

    @property
    def last_day(self) -> dt.date | None:
        return self.until - dt.timedelta(days=1) if self.until else None
