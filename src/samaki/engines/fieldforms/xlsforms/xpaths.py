"""Expressions of a form taken apart: which paths, lists and functions they name, without evaluating them.

Reads XPath 1.0 as JavaRosa does: https://getodk.github.io/xforms-spec/ (section XPath functions).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

# The functions of XPath 1.0 and those of the ODK XForms specification, with what Collect adds.
FUNCTIONS = frozenset(
    """
    abs acos area asin atan atan2 base64-decode base64-encode boolean boolean-from-string ceiling checklist
    coalesce concat contains cos count count-non-empty count-selected current date date-time decimal-date
    decimal-date-time decimal-time digest distance ends-with exp exp10 extract-signed false floor format-date
    format-date-time geofence id if indexed-repeat instance int intersects join jr:choice-name jr:itext lang
    last local-name log log10 max min name namespace-uri normalize-space not now number once pi position
    position-in pow property pulldata random randomize regex round selected selected-at sin sqrt starts-with
    string string-length substr substring substring-after substring-before sum tan thousands-sep today
    translate true uuid version weighted-checklist
    """.split()  # noqa: SIM905  # a list of words reads as one
)
_NODE_TESTS = frozenset({"text", "node", "comment", "processing-instruction"})
_OPERATORS = frozenset({"and", "or", "div", "mod"})
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"[^"]*"|'[^']*')
    |(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<steps>\.\.|\.|//|/|\[|\]|\(|\)|@|,|\||::)
    |(?P<sign><=|>=|!=|=|<|>|\+|-|\*)
    |(?P<name>[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?)
    |(?P<variable>\$[^\W\d][\w.\-]*)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


class Unreadable(ValueError):
    """The expression is not XPath."""


def tokens(expression: str) -> list[Token]:
    """Raises Unreadable at a sign that XPath does not have, and for what libxml2 cannot compile."""
    try:
        etree.XPath(expression)
    except (etree.XPathSyntaxError, ValueError) as error:
        raise Unreadable(expression) from error
    found, at, length = [], 0, len(expression.rstrip())
    while at < length:
        match = _TOKEN.match(expression, at)
        if match is None or match.lastgroup is None:
            raise Unreadable(expression)
        found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup), match.end()))
        at = match.end()
    return found


@dataclass(frozen=True)
class Path:
    """A path by its names: of an absolute one from the root down, of a relative one with ".." for each step up.
    `list_name` is set where it begins with instance('…'); such a path is about that list. `start` and `end` say where
    in the expression it stands."""

    steps: tuple[str, ...]
    absolute: bool
    start: int
    end: int
    list_name: str = ""
    depth: int = 0  # inside so many predicates


def functions(found: list[Token]) -> Iterator[str]:
    for one, following in itertools.pairwise(found):
        if one.kind == "name" and following.text == "(" and one.text not in _NODE_TESTS and one.text not in _OPERATORS:
            yield one.text


def paths(found: list[Token]) -> Iterator[Path]:
    """Every path outside of functions' names, and those inside predicates with their depth."""
    depth = at = 0
    while at < len(found):
        token = found[at]
        if token.text == "[":
            depth += 1
        elif token.text == "]":
            depth -= 1
        elif _begins_path(found, at):
            path, at = _path(found, at, depth)
            yield from path
            continue
        at += 1


def _begins_path(found: list[Token], at: int) -> bool:
    token = found[at]
    following = found[at + 1].text if at + 1 < len(found) else ""
    if token.kind == "steps":
        return token.text in {"/", "//", ".", ".."}
    if token.kind != "name":
        return False
    if following == "(":
        return token.text in {"instance", "current"}
    previous = found[at - 1] if at else None
    is_operand = previous is None or previous.kind == "sign" or previous.text in {"(", "[", ",", "|", *_OPERATORS}
    return is_operand or token.text not in _OPERATORS


def _path(found: list[Token], at: int, depth: int) -> tuple[list[Path], int]:
    """The path that begins at `at`, those inside its predicates, and where it ends."""
    start, begin = found[at].start, at
    steps: list[str] = []
    inside: list[Path] = []
    list_name, absolute, wants_step = "", found[at].text in {"/", "//"}, True
    end = found[at].end
    if found[at].kind == "name" and at + 1 < len(found) and found[at + 1].text == "(":
        close = next((i for i in range(at, len(found)) if found[i].text == ")"), at + 1)
        list_name = found[at + 2].text.strip("'\"") if found[at].text == "instance" and close == at + 3 else ""
        if found[at].text == "instance" and not list_name:
            list_name = "?"  # a list that is worked out as the form is filled
        at, wants_step, end = close + 1, False, found[close].end
    while at < len(found):
        token = found[at]
        if token.text == "[" and not wants_step:
            until = _closing(found, at)
            inside += [
                Path(p.steps, p.absolute, p.start, p.end, p.list_name, p.depth + depth + 1)
                for p in paths(found[at + 1 : until])
            ]
            at, end = until + 1, found[min(until, len(found) - 1)].end
        elif token.text in {"/", "//"}:
            if token.text == "//":
                steps.append("//")
            wants_step, end, at = True, token.end, at + 1
        elif wants_step and token.text in {"@"}:
            at += 1
        elif wants_step and (token.kind == "name" or token.text in {".", "..", "*"}):
            steps.append(token.text)
            wants_step, end, at = False, token.end, at + 1
            if at < len(found) and found[at].text == "(":  # text() and the like
                at, end = at + 2, found[min(at + 1, len(found) - 1)].end
                steps.pop()
        else:
            break
    at = max(at, begin + 1)
    return [Path(tuple(steps), absolute, start, end, list_name, depth), *inside], at


def _closing(found: list[Token], at: int) -> int:
    depth = 0
    for i in range(at, len(found)):
        depth += {"[": 1, "]": -1}.get(found[i].text, 0)
        if not depth:
            return i
    return len(found) - 1


def resolved(path: Path, context: tuple[str, ...]) -> tuple[str, ...] | None:
    """The absolute names a path leads to from a node, or None where that cannot be told (wildcards, lists)."""
    if path.list_name or "//" in path.steps or "*" in path.steps or any(":" in step for step in path.steps):
        return None
    where = [] if path.absolute else list(context)
    for step in path.steps:
        if step == "..":
            if not where:
                return None
            where.pop()
        elif step != ".":
            where.append(step)
    return tuple(where)
