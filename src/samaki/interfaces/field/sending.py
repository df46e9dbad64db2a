"""What a phone asks with its own token, without a cookie: the lists it works with, and the door its records go through.

No session and no CSRF token counts here, because nothing that a browser sends unasked does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.operations.parcels import Parcel
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.ground.accounts.devices import Sender, note_use, sender_by_token
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.interfaces.field.reference import Here, narrowed, reference
from samaki.kernel.errors import DomainError

LARGEST = 2 * 1024 * 1024  # bytes of one record; a phone's own form never comes near
View = Callable[[HttpRequest, Sender], HttpResponse]


def _by_token(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Answers 401 unless the phone's token opens and is of this programme; what a rule refuses as JSON in its user's
    language, and never as a page."""

    @wraps(view)
    def opened(request: HttpRequest, programme_key: str) -> HttpResponse:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        sender = None
        if scheme.lower() == "bearer":
            sender = sender_by_token(token.strip(), on=timezone.localdate())
        if sender is None or not _is_of(sender, programme_key):
            return _refused(401, "unauthenticated", _("This phone may not send. Please sign in again."))
        with translation.override(sender.language):
            note_use(sender, on=timezone.localdate())
            try:
                return view(request, sender)
            except DomainError as error:
                # What a phone cannot mend by filling in again is a bad request, as at the door of the other apps.
                return _refused(400 if error.status == 422 else error.status, error.code, error.message)

    return csrf_exempt(login_not_required(opened))


@_by_token
def _send(request: HttpRequest, sender: Sender) -> HttpResponse:
    try:
        if int(request.headers.get("Content-Length") or 0) > LARGEST:
            return _refused(413, "too_large", _("This record is too large."))
        xml = request.read(LARGEST + 1)
    except (ValueError, RequestDataTooBig, UnreadablePostError):
        return _refused(400, "unreadable", _("The system could not read this request"))
    if len(xml) > LARGEST:
        return _refused(413, "too_large", _("This record is too large."))
    parcel = Parcel(
        programme_id=sender.programme_id,
        organisation_id=sender.organisation_id,
        actor=narrowed(sender),
        xml=xml,
        device_id=sender.device_id,
    )
    receipt = receive(parcel, at=timezone.now())
    faults = Submission.objects.filter(pk=receipt.number).values_list("faults", flat=True).first() or []
    answer = JsonResponse(
        {"number": receipt.number, "state": receipt.state, "faults": faults}, status=201 if receipt.is_new else 202
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@_by_token
def _data(request: HttpRequest, sender: Sender) -> HttpResponse:
    here = Here(
        actor=narrowed(sender),
        programme=Programme.objects.get(pk=sender.programme_id),
        organisation=Organisation.objects.get(pk=sender.organisation_id),
        on=timezone.localdate(),
    )
    found = reference(here)
    tag = f'W/"{found.tag}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = JsonResponse(found.with_names(), json_dumps_params={"ensure_ascii": False})
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "no-store"
    return answer


send = require_POST(_send)
data = require_safe(gzip_page(_data))  # no secret of the server's stands beside what a caller can choose


def _is_of(sender: Sender, programme_key: str) -> bool:
    return Programme.objects.filter(pk=sender.programme_id, key=programme_key).exists()


def _refused(status: int, code: str, title: str) -> HttpResponse:
    answer = JsonResponse({"title": title, "code": code}, status=status)
    answer.headers["Cache-Control"] = "no-store"
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Samaki"'
    return answer
