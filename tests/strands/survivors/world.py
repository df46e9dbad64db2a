"""A women's service, another one, and whoever must not know of them."""

from __future__ import annotations

import dataclasses
import datetime as dt

from samaki.ground.organisations.models import Organisation
from samaki.ground.services.models import Service
from samaki.kernel.actors import Actor, Role
from samaki.strands.survivors import operations
from samaki.strands.survivors.models import Referral, ServiceFile
from samaki.strands.survivors.operations import Wish
from samaki.strands.survivors.rules import ConsentHow, Field, Purpose, Said
from tests.factories.programmes import Setting, a_setting

DAY = dt.date(2024, 5, 1)
AT = dt.datetime(2024, 5, 20, 3, tzinfo=dt.UTC)
SAID = Said(how="sister Bopha's shop", when="Tuesday", do_not_call=True, case_code="K-0042", note="two children")


class World:
    def __init__(self) -> None:
        self.setting: Setting = a_setting()
        self.house: Organisation = self.setting.theirs  # the women's service
        self.clinic: Organisation = Organisation.objects.create(
            key=f"clinic-{self.setting.programme.pk}", name_latin="Clinic", kind="local_ngo"
        )
        self.worker = self.somebody(Role.WOMENS_SERVICE_WORKER, self.house)

    def somebody(self, role: Role, organisation: Organisation | None = None, **more: object) -> Actor:
        more.setdefault("reason", "follow_up")
        return self.setting.actor(role, organisation or self.setting.ours, **more)  # type: ignore[arg-type]

    def with_also(self, role: Role) -> Actor:
        """The worker, who holds another role beside."""
        return dataclasses.replace(self.worker, grants=self.worker.grants + self.somebody(role, self.house).grants)

    def file(self, code: str = "H-1", said: Said = SAID) -> ServiceFile:
        return operations.open_file(
            programme=self.setting.programme,
            organisation=self.house,
            code=code,
            opened_on=DAY,
            said=said,
            by=self.worker,
            at=AT,
        )

    def service(self) -> Service:
        return Service.objects.create(
            programme=self.setting.programme,
            organisation=self.clinic,
            kind=Service.Kind.MEDICAL,
            name_km="គ្លីនិក",
            name_en="Clinic",
        )

    def referral(self, *fields: Field, until: dt.date = dt.date(2024, 6, 1)) -> tuple[Referral, str]:
        """A referral sent, and its link's token."""
        made = operations.draft(
            file=self.file(),
            service=self.service(),
            wish=Wish(Purpose.HEALTH, fields, DAY, ConsentHow.SPOKEN, until),
            by=self.worker,
            at=AT,
        )
        return operations.send(referral=made, by=self.worker, at=AT)
