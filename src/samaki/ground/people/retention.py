"""Who asked to leave is erased on the day that was told; and is erased again in a database that is put back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.people import tombstones
from samaki.ground.people.models import Consent, Person, PersonKey, Withdrawal
from samaki.ground.people.operations.consents import records_of
from samaki.ground.people.operations.withdrawing import UNNAMED, leave, unname, withdraw
from samaki.kernel.actors import AnyActor, System
from samaki.kernel.keyrings import erasures
from samaki.kernel.policy import Action
from samaki.kernel.retention import Due, Rule, rules
from samaki.kernel.sealed import slot_of


def due(on: dt.date) -> Iterator[Due]:
    asked = Withdrawal.objects.filter(erase_on__lte=on, taken_back_at__isnull=True, erased_at__isnull=True)
    rows = asked.order_by("erase_on", "pk").values_list("pk", "person_id", "person__organisation_id", "erase_on")
    for pk, person_id, organisation_id, erase_on in rows:
        yield Due(pk, f"P{person_id:06d}", organisation_id, erase_on)


def let_go(ids: Collection[int], by: AnyActor, at: dt.datetime) -> Mapping[str, int]:
    """`by` may let go what she may not edit: what was asked for is done by the system in her name."""
    gone: Counter[str] = Counter()
    done_by = System(f"asked to leave; run by {by.name}")
    for asked in Withdrawal.objects.filter(pk__in=ids, taken_back_at__isnull=True, erased_at__isnull=True):
        asked.refresh_from_db()
        if asked.erased_at is not None:  # with another record of hers that asked too, before they were found to be one
            continue
        records = records_of(asked.person)
        gone["people"] += 1
        gone["names"] += PersonKey.objects.filter(pk__in=records).count()
        gone["consents"] += Consent.objects.filter(person_id__in=records).count()
        withdraw(asked.person_id, by=done_by, at=at)
    return gone


rules.register(
    Rule(
        "withdrawal",
        _("People who asked to leave"),
        _(
            "Names, phone and answers go, in copies too. What they attended stays as a count; published figures stay; "
            "a mark keeps a list from bringing them back unasked."
        ),
        {"people": _("People"), "names": _("Names and their keys"), "consents": _("Consents ended")},
        sees=Action.EDIT_PEOPLE,
        runs=Action.LET_GO,
        due=due,
        let_go=let_go,
    )
)


def unname_again(lines: erasures.Lines) -> int:
    """People of an older database who asked for nothing, but whose programme's time was over: nameless, and counted."""
    slots, gone = erasures.slots_among(lines), 0
    keys = PersonKey.objects.filter(person__withdrawn_at__isnull=True).values_list("pk", "salt")
    lost = [pk for pk, salt in keys.iterator() if slot_of(salt) in slots]
    for person in Person.objects.filter(pk__in=lost).order_by("pk"):
        unname(person.merged_into or person, [person.pk])
        gone += 1
    return gone


def erase_again(lines: erasures.Lines) -> int:
    """People of an older database whose key has been destroyed since: they leave once more."""
    slots = erasures.slots_among(lines)
    keys = PersonKey.objects.filter(person__withdrawn_at__isnull=True).values_list("pk", "salt")
    lost = [pk for pk, salt in keys.iterator() if slot_of(salt) in slots]
    moment, gone = timezone.now(), 0
    for person in Person.objects.filter(pk__in=lost).order_by("pk"):
        person.refresh_from_db()
        if person.withdrawn_at is None:
            leave(records_of(person), by=System("erased before this copy was put back"), at=moment)
            gone += 1
    return gone


erasures.replays.register(erasures.Replay("people.names", UNNAMED, unname_again))  # before those who withdrew
erasures.replays.register(erasures.Replay("people.people", erasures.SLOT, erase_again))
erasures.replays.register(erasures.Replay("people.tombstones", tombstones.WORD, tombstones.bury_again))
