"""What field records answer to the ground: whoever's names go is taken out of what was sent too."""

from __future__ import annotations

from samaki.engines.fieldforms.taking_out import take_out
from samaki.ground.people.erasing import NamesGo, RawTakenOut
from samaki.ground.people.identities import opened
from samaki.ground.people.mentions import Mentions
from samaki.ground.people.models import Person
from samaki.kernel.database.bulk import among
from samaki.kernel.registry import reactions


@reactions.on(NamesGo)
def take_out_of_what_was_sent(event: NamesGo) -> None:
    names = opened(event.person_ids)
    born = dict(Person.objects.filter(among("pk", event.person_ids)).values_list("pk", "birth_year"))
    who = [
        Mentions.of(
            [names[pk] for pk in records if pk in names], next((born[pk] for pk in records if born.get(pk)), None)
        )
        for records in event.people
    ]
    if origins := take_out(event.organisation_id, who, programme_id=event.programme_id):
        reactions.raise_event(RawTakenOut(tuple(origins), event.at))
