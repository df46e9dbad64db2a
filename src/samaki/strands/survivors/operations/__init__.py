"""Writes of her side: files, what she says, warnings, referrals."""

from samaki.strands.survivors.operations.files import assess, close_file, correct_file, open_file, reopen_file
from samaki.strands.survivors.operations.follow_ups import correct_follow_up, record_follow_up
from samaki.strands.survivors.operations.referrals import Wish, answer, confirm, draft, revoke, send
from samaki.strands.survivors.operations.warnings import finish, take, warn

__all__ = [
    "Wish",
    "answer",
    "assess",
    "close_file",
    "confirm",
    "correct_file",
    "correct_follow_up",
    "draft",
    "finish",
    "open_file",
    "record_follow_up",
    "reopen_file",
    "revoke",
    "send",
    "take",
    "warn",
]
