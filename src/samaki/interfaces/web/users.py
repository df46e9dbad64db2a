"""Users of the organisations one administers: who they are, with which roles; a password made here is shown once."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.accounts import operations, queries
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.groups.queries import groups_for
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.interfaces.web.user_forms import EVERY, GivenRole, NewUser, Place
from samaki.kernel.actors import Actor, AnyActor, Role
from samaki.kernel.errors import Conflict, NotFound, Refused
from samaki.kernel.panels import MenuEntry, menu
from samaki.kernel.policy import RULES, Action, reach, refusal
from samaki.ui.templatetags.words import named

PER_PAGE = 50
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
GROUPS, GROUP = 4, 5  # 99 bits


@require_GET
def users(request: ActorRequest) -> HttpResponse:
    """By user name, with their roles as far as one administers them."""
    if not reach(request.actor, Action.MANAGE_USERS):
        raise refusal(request.actor, Action.MANAGE_USERS)
    found = queries.users(request.actor)
    total = found.count()
    if after := request.GET.get("after", "")[:150].replace("\0", ""):
        found = found.filter(username__gt=after)
    listed = list(found[: PER_PAGE + 1])
    shown = listed[:PER_PAGE]
    context = {
        "rows": _rows(request.actor, shown),
        "total": total,
        "next_after": shown[-1].username if len(listed) > PER_PAGE else None,
    }
    return page(request, "web/users.html", context)


@require_http_methods(["GET", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    """A new user with her first role; the password is made here and shown once."""
    if not reach(request.actor, Action.MANAGE_USERS):
        raise refusal(request.actor, Action.MANAGE_USERS)
    form = NewUser(request.POST or None, places=_places(request.actor), groups=_groups(request.actor))
    if request.method == "POST" and form.is_valid():
        made = _new_password()
        with told_in(form):
            new = operations.create_user(
                username=form.cleaned_data["username"],
                password=made,
                language=form.cleaned_data["language"],
                **form.given(),
                by=request.actor,
                at=timezone.now(),
            )
            return page(request, "web/password_once.html", {"user_shown": new, "password": made, "is_new": True})
    context = {"form": form, "is_example_site": queries.is_example_site()}
    return page(request, "web/user_add.html", context, status=422 if form.errors else 200)


@require_GET
def user(request: ActorRequest, user_id: int) -> HttpResponse:
    return _shown(request, queries.user(request.actor, user_id))


@require_POST
def give_role(request: ActorRequest, user_id: int) -> HttpResponse:
    found = queries.user(request.actor, user_id)
    form = GivenRole(request.POST, places=_places(request.actor), groups=_groups(request.actor))
    if form.is_valid():
        with told_in(form):
            operations.grant_role(user=found, **form.given(), by=request.actor, at=timezone.now())
            messages.success(request, _("The role is given from today on."))
            return redirect("user", found.pk)
    return _shown(request, found, form)


@require_POST
def end_role(request: ActorRequest, user_id: int, grant_id: int) -> HttpResponse:
    found = queries.user(request.actor, user_id)
    grant = queries.role_grants(request.actor, found).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound("no_such_role", _("There is no such role."))
    operations.revoke_role(grant=grant, by=request.actor, at=timezone.now())
    messages.success(request, _("The role has ended."))
    return redirect("user", found.pk)


@require_POST
def password(request: ActorRequest, user_id: int) -> HttpResponse:
    """A new password for who forgot hers, shown once; where she was signed in she is signed out."""
    found, home = _other(request, user_id)
    made = _new_password()
    operations.set_password(user=found, organisation=home, password=made, by=request.actor, at=timezone.now())
    return page(request, "web/password_once.html", {"user_shown": found, "password": made, "is_new": False})


@require_POST
def second_step(request: ActorRequest, user_id: int) -> HttpResponse:
    found, home = _other(request, user_id)
    operations.reset_second_factor(user=found, organisation=home, by=request.actor, at=timezone.now())
    messages.success(request, _("The second step is taken away. She sets up a new one under Security."))
    return redirect("user", found.pk)


@require_POST
def close(request: ActorRequest, user_id: int) -> HttpResponse:
    found, home = _other(request, user_id)
    operations.close_account(user=found, organisation=home, by=request.actor, at=timezone.now())
    messages.success(request, _("The account is closed."))
    return redirect("user", found.pk)


def _other(request: ActorRequest, user_id: int) -> tuple[User, Organisation]:
    """Another user and where she is kept: one's own account is changed under Security, where the old password is asked.
    Raises Refused, Conflict where no role of hers runs any more."""
    found = queries.user(request.actor, user_id)
    if found.pk == request.actor.user_id:
        raise Refused("own_account", _("Your own account is changed under Security."))
    home = queries.home_of(request.actor, found, on=timezone.localdate())
    if home is None:
        raise Conflict("no_role", _("This user holds no role any more. Give one first."))
    return found, home


def _shown(request: ActorRequest, found: User, form: GivenRole | None = None) -> HttpResponse:
    today = timezone.localdate()
    form = form or GivenRole(None, places=_places(request.actor), groups=_groups(request.actor))
    (row,) = _rows(request.actor, [found])
    grants = list(queries.role_grants(request.actor, found))
    where = _programmes(grants)
    context = {
        "row": row,
        "user_shown": found,
        "form": form,
        "roles": [
            (grant, _place_words(grant, where), grant.until is None or grant.until >= today)
            for grant in sorted(grants, key=lambda grant: grant.until is not None)
        ],
        "own": found.pk == request.actor.user_id,
        "kept": queries.home_of(request.actor, found, on=today) is not None,
    }
    return page(request, "web/user.html", context, status=422 if form.errors else 200)


def _rows(actor: AnyActor, found: Sequence[User]) -> list[Mapping[str, object]]:
    """Each user with the roles that run; by a fixed number of look-ups."""
    today, ids = timezone.localdate(), [one.pk for one in found]
    within = reach(actor, Action.MANAGE_USERS).q(group="group_id")
    grants = RoleGrant.objects.filter(within, user__in=ids).exclude(until__lt=today).select_related("organisation")
    by_user: dict[int, list[RoleGrant]] = defaultdict(list)
    for grant in grants.order_by("role", "pk"):
        by_user[grant.user_id].append(grant)
    where = _programmes([grant for held in by_user.values() for grant in held])
    stepped = queries.with_second_step(actor, ids)
    return [
        {
            "user": one,
            "roles": [f"{grant.get_role_display()} · {_place_words(grant, where)}" for grant in by_user[one.pk]],
            "second_step": one.pk in stepped,
        }
        for one in found
    ]


def _programmes(grants: Iterable[RoleGrant]) -> Mapping[int, Programme]:
    return Programme.objects.in_bulk({grant.programme_id for grant in grants if grant.programme_id is not None})


def _place_words(grant: RoleGrant, where: Mapping[int, Programme]) -> str:
    programme = where.get(grant.programme_id or 0)
    parts = [named(grant.organisation) if grant.organisation else "", named(programme) if programme else str(EVERY)]
    return ", ".join(part for part in parts if part)


def _places(actor: Actor) -> list[Place]:
    """Organisation and programme (None: every one) for which the actor gives roles, by name."""
    pairs: set[tuple[int, int | None]] = set()
    for extent in reach(actor, Action.MANAGE_USERS).extents:
        if extent.organisation_id is None:
            continue
        pairs.add((extent.organisation_id, extent.programme_id))
        if extent.programme_id is None:
            part = ProgrammeRole.objects.filter(organisation=extent.organisation_id)
            pairs |= set(part.values_list("organisation_id", "programme_id"))
    organisations = Organisation.objects.in_bulk({organisation for organisation, _programme in pairs})
    programmes = Programme.objects.in_bulk({programme for _organisation, programme in pairs if programme is not None})
    found = [
        (organisations[organisation], None if programme is None else programmes[programme])
        for organisation, programme in pairs
    ]
    return sorted(found, key=lambda pair: (pair[0].name_latin, pair[1].name_en if pair[1] else ""))


def _groups(actor: Actor) -> list[tuple[str, str]]:
    return [(str(one.pk), f"{named(one)} ({named(one.programme)})") for one in groups_for(actor, Action.MANAGE_USERS)]


def _new_password() -> str:
    """Long enough that nobody guesses it, of letters that are not mistaken when read aloud."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(GROUP)) for _group in range(GROUPS))


KEEPERS: frozenset[Role] = frozenset(RULES[Action.MANAGE_USERS])
menu.register(
    MenuEntry(
        "users",
        gettext_lazy("Users"),
        "users",
        gettext_lazy("Oversight"),
        gettext_lazy("Who signs in, and with which roles"),
        KEEPERS,
        order=49,
    )
)
