from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from samaki.engines.fieldforms.operations.writing import _seen
from samaki.ground.accounts.devices import Issued, issue_device
from samaki.ground.accounts.models import DeviceCredential, RoleGrant, User
from samaki.ground.organisations.models import Organisation
from samaki.interfaces.openrosa.access import guesses
from samaki.kernel.actors import Role, System
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.openrosa.forms import a_form
from tests.interfaces.openrosa.phone import Phone


@dataclass
class Field:
    """A programme, a facilitator of its first partner and her phone; one form, `visit`, is published."""

    setting: Setting
    user: User
    issued: Issued

    def phone(self, issued: Issued | None = None, *, programme: str = "") -> Phone:
        one = issued or self.issued
        key = programme or self.setting.programme.key
        return Phone(f"http://testserver/or/{key}", one.device.username, one.password)

    def another(
        self, role: Role = Role.FACILITATOR, organisation: Organisation | None = None, language: str = "en"
    ) -> Issued:
        """The phone of somebody else in the programme."""
        where = organisation or self.setting.ours
        user = User.objects.create(username=f"user-{uuid.uuid4().hex[:8]}", language=language)
        RoleGrant.objects.create(user=user, role=role, organisation=where, programme_id=self.setting.programme.pk)
        return issue(user, where, self.setting.programme.pk)


def issue(user: User, organisation: Organisation, programme_id: int, kind: str = "app") -> Issued:
    return issue_device(
        user=user,
        organisation=organisation,
        programme_id=programme_id,
        kind=DeviceCredential.Kind(kind),
        label="",
        by=System("tests"),
        at=timezone.now(),
    )


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> Path:
    """Where attachments go, for one test."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What a process keeps of one test is none of the next one's business: ids are given again after a rollback."""
    guesses.__init__()  # type: ignore[misc]
    _seen.clear()


@pytest.fixture
def in_field(db: None) -> Field:
    return make_field()


def make_field() -> Field:
    setting = a_setting()
    user = User.objects.create(username=f"user-{uuid.uuid4().hex[:8]}", language="en")
    RoleGrant.objects.create(
        user=user, role=Role.FACILITATOR, organisation=setting.ours, programme_id=setting.programme.pk
    )
    a_form(setting)
    return Field(setting, user, issue(user, setting.ours, setting.programme.pk))


@pytest.fixture
def phone(in_field: Field) -> Phone:
    return in_field.phone()
