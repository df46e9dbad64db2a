"""What phones ask: which forms there are, the forms and what goes with them, and to take what was filled in.

Called by the middleware of this door alone, so that neither session nor form token is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from samaki.engines.fieldforms.operations.parcels import Nonce, Parcel, Receipt
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.ground.accounts import devices
from samaki.ground.accounts.devices import Sender
from samaki.interfaces.openrosa import access, answers, digest, offered
from samaki.interfaces.openrosa.uploads import Body, TooLarge, submission_of
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import DomainError, NotFound, Refused

READS = ("GET", "HEAD")
LENGTH = "X-OpenRosa-Accept-Content-Length"


def _for_phones(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that only reads, for whoever proves to be of the programme; what goes wrong is told in her language."""

    @wraps(view)
    def door(request: HttpRequest, programme: str, **about: int) -> HttpResponse:
        if request.method not in READS:
            return _not_allowed(READS)
        sender = None
        try:
            sender, nonce = _entered(request)
            access.expect_programme(sender, programme)
            _spent_by_reading(sender, nonce)
            return view(request, sender, **about)
        except DomainError as error:
            return refused(request, error, sender)

    return door


@_for_phones
def form_list(request: HttpRequest, sender: Sender) -> HttpResponse:
    """formList of the OpenRosa form discovery API; `?formID=` asks for one alone."""
    return answers.form_list(
        answers.ListedForm(
            form_id=one.key,
            name=one.name(sender.language),
            version=one.version,
            md5=one.md5,
            download=_address(request, "or_xform", one.version_id),
            manifest=_address(request, "or_manifest", one.version_id) if one.has_media else "",
        )
        for one in offered.offered_forms(sender, request.GET.get("formID"))
    )


@_for_phones
def xform(request: HttpRequest, sender: Sender, version_id: int) -> HttpResponse:
    """The very bytes whose hash the list names."""
    return HttpResponse(offered.offered_version(sender, version_id).xform.encode(), content_type=answers.XML)


@_for_phones
def manifest(request: HttpRequest, sender: Sender, version_id: int) -> HttpResponse:
    return answers.manifest(
        answers.ListedFile(one.name, one.md5, _address(request, "or_media", version_id, one.id))
        for one in offered.offered_files(sender, version_id)
    )


@_for_phones
def media(request: HttpRequest, sender: Sender, version_id: int, file_id: int) -> HttpResponse:
    file = offered.offered_file(sender, version_id, file_id)
    response = HttpResponse(bytes(file.content), content_type="application/octet-stream")
    response["Content-Disposition"] = "attachment"
    return response


def submission(request: HttpRequest, programme: str) -> HttpResponse:
    """HEAD says what may be sent; POST is answered once what was sent is stored for good."""
    if request.method not in {"HEAD", "POST"}:
        return _not_allowed(("HEAD", "POST"))
    sender = body = None
    try:
        body = Body(request)
        sender, nonce = _entered(request)
        access.expect_programme(sender, programme)
        if request.method == "HEAD":
            _spent_by_reading(sender, nonce)
            return _may_send()
        return _received(_taken(request, body, sender, nonce))
    except DomainError as error:
        if body is not None and not isinstance(error, TooLarge):
            body.drained()
        return refused(request, error, sender)


def refused(request: HttpRequest, error: DomainError, sender: Sender | None) -> HttpResponse:
    """A rule's no, as a phone shows it. What no operation has written to the audit trail is written here."""
    if sender is not None and not error.recorded and isinstance(error, Refused | NotFound):
        record(
            sender.actor,
            "refused" if isinstance(error, Refused) else "not_found",
            ("openrosa", request.resolver_match.view_name if request.resolver_match else ""),
            organisation_id=sender.organisation_id,
            programme_id=sender.programme_id,
            details={"code": error.code, "method": request.method or ""},
            refused=True,
        )
        error.recorded = True
    status = 400 if error.status == 422 else error.status
    response = answers.told(error.message, status)
    if status == 401:
        _challenge(request, response, stale=error.code in access.STALE)
    elif status == 429:
        response["Retry-After"] = str(int(access.Guesses.WITHIN))
    return response


def _challenge(request: HttpRequest, response: answers.Told, *, stale: bool) -> None:
    nonce = digest.new_nonce(time.time())
    response["WWW-Authenticate"] = digest.challenge(devices.REALM, nonce, stale=stale)
    if request.is_secure():
        response.second_challenge = f'Basic realm="{devices.REALM}", charset="UTF-8"'


def _entered(request: HttpRequest) -> tuple[Sender, Nonce | None]:
    sender, nonce = access.sender_of(request)
    translation.activate(sender.language)
    return sender, nonce


def _spent_by_reading(sender: Sender, nonce: Nonce | None) -> None:
    """A post spends its nonce, and notes the day, in the commit that stores what it brought."""
    if nonce is not None:
        access.spend(nonce)
    devices.note_use(sender, on=timezone.localdate())


def _may_send() -> HttpResponse:
    response = HttpResponse(status=204)
    del response["Content-Type"]
    response[LENGTH] = str(settings.OPENROSA_MOST_BYTES)
    return response


def _taken(request: HttpRequest, body: Body, sender: Sender, nonce: Nonce | None) -> Receipt:
    with submission_of(request, body) as (xml, parts):
        receipt = receive(
            Parcel(
                programme_id=sender.programme_id,
                organisation_id=sender.organisation_id,
                actor=sender.actor,
                xml=xml,
                device_id=sender.device_id,
                files=parts.files,
                nonce=nonce,
            ),
            at=timezone.now(),
        )
    parts.forget(receipt.kept)
    return receipt


def _received(receipt: Receipt) -> HttpResponse:
    """201 for something new, be it one file more; 202 where all of it was here already."""
    said = _("Received, no. %(number)s") % {"number": receipt.number}
    response = answers.told(said, 201 if receipt.is_new or receipt.kept else 202)
    response[LENGTH] = str(settings.OPENROSA_MOST_BYTES)
    return response


def _not_allowed(methods: tuple[str, ...]) -> HttpResponse:
    response = answers.told(_("This address does not take that kind of request."), 405)
    response["Allow"] = ", ".join(methods)
    return response


def _address(request: HttpRequest, name: str, *ids: int) -> str:
    """Absolute, as the client reached us."""
    assert request.resolver_match is not None
    return request.build_absolute_uri(reverse(name, args=[request.resolver_match.kwargs["programme"], *ids]))
