"""One example user per role, named after it; they sign in on the example site only, all with one printed password."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo.mpp import group_key
from samaki.interfaces.demo.programmes import FIA_PARTNERS
from samaki.kernel.actors import Role

EXAMPLE_PASSWORD = "samaki-example"  # noqa: S105  # printed by `samaki demo`; no real site holds these users


@dataclass(frozen=True)
class Post:
    """A role held at an organisation in a programme; group None is every group."""

    role: Role
    organisation: str
    programme: str | None
    group: str | None = None


POSTS: dict[str, tuple[Post, ...]] = {
    "officer": (
        Post(Role.PROGRAMME_OFFICER, "diakonia", "twg"),
        Post(Role.PROGRAMME_OFFICER, "wela", "mpp"),
        Post(Role.PROGRAMME_OFFICER, "care", "fia"),
        Post(Role.PROGRAMME_OFFICER, "linking-learning", "cop-women"),
        Post(Role.PROGRAMME_OFFICER, "banteay-srei", "banteay-srei"),
    ),
    "supervisor": (Post(Role.CASE_SUPERVISOR, "wela", "mpp"),),
    "partner-me": (Post(Role.PARTNER_ME, "wela", "mpp"),),
    "partner-me-2": (Post(Role.PARTNER_ME, FIA_PARTNERS[1], "fia"),),
    "partner-me-3": (
        Post(Role.PARTNER_ME, "banteay-srei", "fia"),
        Post(Role.PARTNER_ME, "banteay-srei", "banteay-srei"),
    ),
    "partner-me-4": (Post(Role.PARTNER_ME, "diakonia", "twg"),),
    "facilitator": (Post(Role.FACILITATOR, "wela", "mpp"), Post(Role.FACILITATOR, "diakonia", "twg")),
    "coordinator": (Post(Role.GROUP_COORDINATOR, "wela", "mpp", group_key("040102")),),
    "counsellor": (Post(Role.COUNSELLOR, "wela", "mpp"),),
    "womens-service": (Post(Role.WOMENS_SERVICE_WORKER, "womens-service", "mpp"),),
    "safeguarding": (Post(Role.SAFEGUARDING_FOCAL, "wela", "mpp"),),
    "finance": (Post(Role.PARTNER_FINANCE, "banteay-srei", "fia"),),
    "donor": (Post(Role.DONOR, "afd", "fia"), Post(Role.DONOR, "voice", "cop-women")),
    "steward": (Post(Role.STEWARD, "care", "fia"),),
    "auditor": (Post(Role.AUDITOR, "care", "fia"),),
    "administrator": (Post(Role.ADMINISTRATOR, "wela", "mpp"), Post(Role.ADMINISTRATOR, "care", "fia")),
    "authority": (Post(Role.AUTHORITY, "local-authorities-16", "cop-women"),),
}


def load_users(
    organisations: dict[str, Organisation], programmes: dict[str, Programme], groups: dict[str, Group]
) -> None:
    """Users and their grants, made where they are not there yet. `groups` are by key."""
    known = set(User.objects.values_list("username", flat=True))
    if missing := [name for name in POSTS if name not in known]:
        password = make_password(EXAMPLE_PASSWORD)  # once: hashing it for each would take a second and hide nothing
        User.objects.bulk_create(User(username=name, password=password, is_example=True) for name in missing)
    users = {user.username: user for user in User.objects.filter(username__in=POSTS)}
    held = set(RoleGrant.objects.filter(user__in=users.values()).values_list("user_id", "role", "programme_id"))
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=users[name],
            role=post.role,
            organisation=organisations[post.organisation],
            programme_id=programme_id,
            group_id=groups[post.group].pk if post.group else None,
        )
        for name, posts in POSTS.items()
        for post in posts
        if (
            users[name].pk,
            post.role.value,
            programme_id := programmes[post.programme].pk if post.programme else None,
        )
        not in held
    )
