"""Leave asked for many records of one organisation and programme: once for each actor, action and group."""

from __future__ import annotations

from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Refused
from samaki.kernel.policy import Action, may, refusal


class Leave:
    """Answers of `kernel.policy` for one batch. Keep it no longer: grants change."""

    def __init__(self, *, organisation_id: int, programme_id: int) -> None:
        self._scope = (organisation_id, programme_id)
        self._known: dict[tuple[int, Action, int | None], bool] = {}
        self._actors: list[AnyActor] = []  # held, so that no other actor takes the place of one in memory

    def may(self, actor: AnyActor, action: Action, group_id: int | None = None) -> bool:
        asked = (id(actor), action, group_id)
        if asked not in self._known:
            organisation_id, programme_id = self._scope
            self._actors.append(actor)
            self._known[asked] = may(
                actor, action, organisation_id=organisation_id, programme_id=programme_id, group_id=group_id
            )
        return self._known[asked]

    def refusal(self, actor: AnyActor, action: Action, group_id: int | None = None) -> Refused | None:
        return None if self.may(actor, action, group_id) else refusal(actor, action)
