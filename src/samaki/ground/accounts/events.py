"""What the ground tells of accounts; others answer in the same transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from samaki.kernel.actors import Role


@dataclass(frozen=True)
class RoleGiven:
    """A user was given a role from `on`; `person_id` None: who she is among people is not known. Whoever must not let
    that be raises."""

    person_id: int | None
    role: Role
    organisation_id: int
    programme_id: int | None
    on: dt.date
