"""Where these pages stand under More, on the home page of a steward, and on a person's page."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.across import queries
from samaki.ground.people.queries import PersonRow
from samaki.interfaces.coalition.consent import TEXT, Agreed
from samaki.kernel.actors import Actor, Role
from samaki.kernel.panels import MenuEntry, Panel, menu, panels
from samaki.kernel.policy import Action, reach

STEWARDS = frozenset({Role.STEWARD})
OWN_PEOPLE = frozenset({Role.PARTNER_ME})


def of_person(actor: Actor, subject: object) -> Mapping[str, object] | None:
    assert isinstance(subject, PersonRow)
    if subject.withdrawn or subject.merged_into:
        return None
    code = queries.code_of(actor, subject.id)
    agreed = code is not None or bool(queries.standing_consents(actor, subject.id))
    form = None if agreed else Agreed(initial={"given_on": timezone.localdate()})
    return {"person_id": subject.id, "code": code, "agreed": agreed, "text": TEXT, "form": form}


def to_decide(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    if not reach(actor, Action.LINK_ACROSS):
        return None
    return {"programmes": [(one, queries.progress(actor, one.pk)) for one in queries.stewarded(actor)]}


panels.register(Panel("across_agreed", "person", "coalition/panel_person.html", of_person, OWN_PEOPLE, order=80))
panels.register(Panel("across_to_decide", "home", "coalition/panel_to_decide.html", to_decide, STEWARDS, order=10))
menu.register(
    MenuEntry(
        "across",
        _("People counted across organisations"),
        "across",
        _("Registers"),
        _("Pairs that may be one person, without names"),
        STEWARDS,
        order=24,
    )
)
