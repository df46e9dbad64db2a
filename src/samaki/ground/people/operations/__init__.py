"""Writing about people. Every verb takes `by`; refusals stay in the audit trail."""

from samaki.ground.people.identities import Identity
from samaki.ground.people.operations.consents import give_consent, withdraw_consent
from samaki.ground.people.operations.matching import (
    confirm_same,
    propose_matches,
    put_off,
    reject,
    take_back,
    undo_merge,
)
from samaki.ground.people.operations.probabilistic import match_with_splink
from samaki.ground.people.operations.recording import GivenConsent, NewPerson, add_people, add_person, correct_person
from samaki.ground.people.operations.withdrawing import ask_to_leave, stay, withdraw

__all__ = [
    "GivenConsent",
    "Identity",
    "NewPerson",
    "add_people",
    "add_person",
    "ask_to_leave",
    "confirm_same",
    "correct_person",
    "give_consent",
    "match_with_splink",
    "propose_matches",
    "put_off",
    "reject",
    "stay",
    "take_back",
    "undo_merge",
    "withdraw",
    "withdraw_consent",
]
