"""The users of an example site, and what each may do, for a sign-in page that lists them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import ROLE_LABELS, User
from samaki.ground.accounts.queries import is_example_site
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import Role

ACTS: dict[Role, Promise] = {
    Role.FACILITATOR: _("Records activities, attendance and tallies of one organisation"),
    Role.GROUP_COORDINATOR: _("Keeps the cases and the monthly report of one men’s group"),
    Role.COUNSELLOR: _("Counsels men who were violent, by code"),
    Role.WOMENS_SERVICE_WORKER: _("Keeps women’s files and referrals at the women’s service; shut to everyone else"),
    Role.CASE_SUPERVISOR: _("Sees the cases of one organisation, giving a reason each time"),
    Role.SAFEGUARDING_FOCAL: _("Answers for safety: vets who works with men, and opens a case in an emergency"),
    Role.PARTNER_ME: _("Keeps people and records, imports workbooks, sends the monthly report"),
    Role.PARTNER_FINANCE: _("Sees the programme of one organisation"),
    Role.PROGRAMME_OFFICER: _("Verifies reports of every partner and reads results; sees no names"),
    Role.STEWARD: _("Says who is one person across organisations, and sees nobody’s name"),
    Role.AUDITOR: _("Reads the programme and the audit trail; changes nothing"),
    Role.DONOR: _("Reads published results only"),
    Role.AUTHORITY: _("Reads what is public"),
    Role.ADMINISTRATOR: _("Keeps users and roles; sees no names and no cases"),
}


@dataclass(frozen=True)
class ExampleUser:
    username: str
    organisations: tuple[Organisation, ...]
    roles: tuple[Promise, ...]
    acts: tuple[Promise, ...]


def example_users() -> list[ExampleUser]:
    """Empty on a real site."""
    if not is_example_site():
        return []
    users = User.objects.filter(is_example=True, is_active=True).prefetch_related("role_grants__organisation")
    listed = []
    for user in users.order_by("pk"):
        roles = tuple(dict.fromkeys(Role(grant.role) for grant in user.role_grants.all()))
        organisations = tuple(dict.fromkeys(g.organisation for g in user.role_grants.all() if g.organisation))
        listed.append(
            ExampleUser(
                user.username, organisations, tuple(ROLE_LABELS[r] for r in roles), tuple(ACTS[r] for r in roles)
            )
        )
    return listed
