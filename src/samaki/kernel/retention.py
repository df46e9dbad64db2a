"""What must go after its time, by kind. A noun registers a rule for its own records; `engines.retention` lists what is
due, lets it go and keeps the receipts."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action
from samaki.kernel.registry import Registry


@dataclass(frozen=True)
class Due:
    """One thing that goes from `due_on`. `code` is how those who may see it call it, never a name."""

    id: int
    code: str
    organisation_id: int
    due_on: dt.date


@dataclass(frozen=True)
class Rule:
    """`due`: what goes up to a day, the longest due first. `let_go`: lets things go by their ids, in the transaction of
    the receipt, and says how many of each kind went (keys of `kinds`); what is gone already is passed over.

    Whoever reaches an organisation by `sees` is shown codes; by `runs` she may let go. `apart`: without `sees` not even
    a count is shown. `shut`: who neither sees nor runs it, whatever her roles."""

    key: str
    label: str | Promise
    what: str | Promise
    kinds: Mapping[str, str | Promise]
    sees: Action
    runs: Action
    due: Callable[[dt.date], Iterable[Due]]
    let_go: Callable[[Collection[int], AnyActor, dt.datetime], Mapping[str, int]]
    apart: bool = False
    shut: Callable[[AnyActor], bool] = lambda actor: False


rules: Registry[Rule] = Registry("rule of retention")


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, the last of its month where there is no such day; negative for before."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_due(on: dt.date, months: int) -> dt.date:
    """The last day after which so many months are over by `on`: by the 28th of February, a 29th is over too."""
    day = months_after(on, -months)
    while months_after(day + dt.timedelta(days=1), months) <= on:
        day += dt.timedelta(days=1)
    return day


def month_of(day: dt.date) -> dt.date:
    """The first of its month: as exact as a date may stay."""
    return day.replace(day=1)
