"""Setting up a phone, by who is signed in to the site: a token for each programme she records in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from samaki.ground.accounts.devices import issue_device, may_send, revoke_device
from samaki.ground.accounts.models import DeviceCredential, User
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.interfaces.field.words import WORDS
from samaki.interfaces.web.requests import ActorRequest
from samaki.kernel.actors import Actor
from samaki.kernel.errors import Refused

LONGEST_LABEL = 80
MOST_OLD = 50


@login_not_required
@require_safe
def me(request: ActorRequest) -> HttpResponse:
    """Who is signed in here, for the page of the phone; 401 where nobody is."""
    user, actor = request.user, request.actor
    if not isinstance(user, User) or actor.user_id is None:
        return JsonResponse({}, status=401)
    return JsonResponse(
        {
            "account": user.pk,
            "name": user.get_username(),
            "language": user.language,
            "csrf": get_token(request),
            "phones": len(_records_in(actor)),
        }
    )


@require_POST
def join(request: ActorRequest) -> HttpResponse:
    """A token for each organisation and programme, shown this once. Those that this browser held before are closed: it
    names them by their public half."""
    user = request.user
    assert isinstance(user, User)
    pairs = _records_in(request.actor)
    if not pairs:
        raise Refused("records_nothing", WORDS["records_nothing"])
    label = _text(request, "label")[:LONGEST_LABEL]
    phones = []
    for organisation, programme in pairs:
        issued = issue_device(
            user=user,
            organisation=organisation,
            programme_id=programme.pk,
            kind=DeviceCredential.Kind.BROWSER,
            label=label,
            by=request.actor,
            at=timezone.now(),
        )
        phones.append(
            {
                "programme": programme.key,
                "organisation": organisation.pk,
                "name": {"km": programme.name_km, "en": programme.name_en},
                "token": issued.token,
            }
        )
    _close(user, request.actor, _text(request, "old").split())
    return JsonResponse({"phones": phones}, status=201)


def _text(request: ActorRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")  # PostgreSQL keeps no NUL


def _close(user: User, actor: Actor, names: list[str]) -> None:
    own = DeviceCredential.objects.filter(
        user=user, kind=DeviceCredential.Kind.BROWSER, username__in=names[:MOST_OLD], revoked_at__isnull=True
    )
    for device in own:
        revoke_device(device=device, by=actor, at=timezone.now())


def _records_in(actor: Actor) -> list[tuple[Organisation, Programme]]:
    """Where she records something, be it for one group alone, by programme."""
    organisations = Organisation.objects.in_bulk({grant.organisation_id for grant in actor.grants})
    programmes = Programme.objects.filter(roles__organisation__in=organisations).distinct().order_by("key")
    parts = set(programmes.values_list("pk", "roles__organisation_id"))
    return [
        (organisation, programme)
        for programme in programmes
        for organisation in organisations.values()
        if (programme.pk, organisation.pk) in parts
        and may_send(actor, organisation_id=organisation.pk, programme_id=programme.pk)
    ]
