"""Pages of phones: translate in, one operation, translate out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.accounts import devices
from samaki.ground.accounts.models import DeviceCredential, User
from samaki.ground.programmes.models import Programme
from samaki.interfaces.devices import collect
from samaki.interfaces.devices.forms import PhoneForm, places_to_send
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.actors import Role
from samaki.kernel.errors import Refused
from samaki.ui.templatetags.words import named

SHOWN = 50


@login_required
@require_GET
def listed(request: ActorRequest) -> HttpResponse:
    """One's own phones, and those of the users one administers."""
    administers = Role.ADMINISTRATOR in request.actor.roles()
    places = places_to_send(request.actor)
    if not administers and not places:
        raise _records_nothing()
    after = request.GET.get("after", "")
    theirs = devices.administered_devices(request.actor).filter(revoked_at__isnull=True).order_by("-pk")
    if after.isascii() and after.isdigit() and len(after) < 19:
        theirs = theirs.filter(pk__lt=int(after))
    found = list(theirs[: SHOWN + 1]) if administers else []
    own = list(devices.own_devices(request.actor)[:SHOWN])
    programmes = Programme.objects.in_bulk({one.programme_id for one in [*own, *found]})
    context = {
        "own": [(one, programmes.get(one.programme_id)) for one in own],
        "theirs": [(one, programmes.get(one.programme_id)) for one in found[:SHOWN]],
        "next_after": found[SHOWN - 1].pk if len(found) > SHOWN else None,
        "administers": administers,
        "can_add": bool(places),
    }
    return page(request, "devices/devices.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    """A phone with ODK Collect or KoboCollect; its secret is on the page that answers, and nowhere afterwards."""
    places = places_to_send(request.actor)
    if not places:
        raise _records_nothing()
    form = PhoneForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        programme, organisation = form.chosen()
        user = request.user
        assert isinstance(user, User)
        with told_in(form):
            issued = devices.issue_device(
                user=user,
                organisation=organisation,
                programme_id=programme.pk,
                kind=DeviceCredential.Kind.APP,
                label=form.cleaned_data["label"],
                by=request.actor,
                at=timezone.now(),
            )
            return page(request, "devices/added.html", _shown_once(request, issued, programme, user.language))
    return page(request, "devices/add.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke(request: ActorRequest, device_id: int) -> HttpResponse:
    found = devices.device(request.actor, device_id)
    devices.revoke_device(device=found, by=request.actor, at=timezone.now())
    return redirect("devices")


def server_url(request: ActorRequest, programme: Programme) -> str:
    """Without the slash that clients add themselves."""
    return request.build_absolute_uri(reverse("or_form_list", args=[programme.key])).removesuffix("/formList")


def _shown_once(
    request: ActorRequest, issued: devices.Issued, programme: Programme, language: str
) -> dict[str, object]:
    values = {
        "server_url": server_url(request, programme),
        "username": issued.device.username,
        "password": issued.password,
    }
    told = collect.payload(collect.settings_of(**values, project=named(programme), language=language))
    code = collect.code(told, _("Code with the settings of this phone"))
    return {**values, "programme": programme, "code": code, "secure": request.is_secure()}


def _records_nothing() -> Refused:
    return Refused("records_nothing", gettext_lazy("Your account records nothing, so no phone can send for it."))
