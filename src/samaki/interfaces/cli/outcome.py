"""How a command may end."""

from enum import IntEnum


class Outcome(IntEnum):
    DONE = 0
    REFUSED = 1
    BAD_ARGUMENTS = 2


class WrongArgument(Exception):
    """An argument that names nothing, or cannot be what it is; the message says which."""
