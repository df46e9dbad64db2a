"""What somebody said of a pair already, told to whoever comes second."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.ground.people.models import AcrossPair, MatchCandidate
from samaki.kernel.errors import Conflict

_State = MatchCandidate.State
_SAID = {
    _State.SAME: _("%(who)s has said of these two already: the same person."),
    _State.DIFFERENT: _("%(who)s has said of these two already: different people."),
}


def said_already(pair: MatchCandidate | AcrossPair) -> Conflict:
    """The answer to a second decision about a pair, with who was first and what she said."""
    return Conflict("already_decided", _SAID[_State(pair.state)], who=pair.decided_by)
