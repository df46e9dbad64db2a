from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from samaki.engines.fieldforms.models import Form, Submission
from samaki.engines.fieldforms.operations.parcels import Parcel
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.ground.accounts.models import User
from samaki.kernel.actors import Actor, Grant, Role
from tests.factories.forms import a_form, filled
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import somebody

ANSWERS = """<held_on>2024-03-05</held_on><kind>training</kind><women>12</women>
<people><who>A-1</who><wants>meeting</wants></people><people><who>A-2</who></people>"""


@dataclass
class Site:
    """A programme with a partner's M&E officer, another partner's, and the programme's officer, all signed in."""

    setting: Setting
    me: Client
    other: Client
    officer: Client
    donor: Client
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def send(self, client: Client, content: bytes, *, organisation: str | None = None, **values: object) -> object:
        key = self.setting.ours.key if organisation is None else organisation
        file = SimpleUploadedFile("visits.xlsx", content)
        return client.post("/forms/send/", {"where": f"{self.setting.programme.key}/{key}", "file": file, **values})

    def draft(self, content: bytes | None = None, **values: object) -> Form:
        answer = self.send(self.me, content or a_form(), **values)
        assert answer.status_code == 302, answer.content.decode()  # type: ignore[attr-defined]  # a response
        return Form.objects.order_by("-pk")[0]

    def published(self, content: bytes | None = None) -> Form:
        form = self.draft(content)
        assert self.me.post(f"/forms/{form.pk}/versions/{form.versions.get().pk}/").status_code == 302
        return form

    def submit(self, form: Form, answers: str = ANSWERS, *, version: str = "1", instance: str = "") -> Submission:
        user = User.objects.get_or_create(username="sender")[0]
        grant = Grant(Role.FACILITATOR, self.setting.ours.pk, self.setting.programme.pk)
        xml = filled(form.key, version, instance or str(next(self.numbers)), answers)
        parcel = Parcel(self.setting.programme.pk, self.setting.ours.pk, Actor(user.pk, "sender", (grant,)), xml)
        return Submission.objects.get(pk=receive(parcel, at=timezone.now()).number)


@pytest.fixture
def site() -> Site:
    setting = a_setting()
    return Site(
        setting,
        somebody(setting, Role.PARTNER_ME),
        somebody(setting, Role.PARTNER_ME, setting.theirs),
        somebody(setting, Role.PROGRAMME_OFFICER),
        somebody(setting, Role.DONOR),
    )
