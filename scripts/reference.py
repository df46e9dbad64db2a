"""Writes the generated pages of docs/ from the code: `make docs`. A test holds that they are current."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterable, Sequence
from pathlib import Path

import django

DOCS = Path(__file__).resolve().parents[1] / "docs"
MADE = "<!-- Written by `make docs` from {source}. Change it there. -->"


def pages() -> dict[str, str]:
    """Path below docs/ → text."""
    return {
        "run/settings.md": settings(),
        "reference/policy.md": policy(),
        "reference/events.md": events(),
        "reference/indicators.md": indicators(),
        "reference/command-line.md": command_line(),
    }


def settings() -> str:
    from samaki.project.environment import VARIABLES

    return _page(
        "Settings",
        "`src/samaki/project/environment.py`",
        "Every setting is an environment variable. Nothing else differs between sites.",
        _table(
            ("Variable", "Default", "Meaning"),
            ((f"`{v.name}`", f"`{v.default}`" if v.default else "empty", v.meaning) for v in VARIABLES),
        ),
    )


def policy() -> str:
    from samaki.kernel.policy import RULES, WANTS_REASON, WANTS_SECOND_FACTOR, Action

    rows = []
    for action in Action:
        roles = ", ".join(f"{role.value} ({over.value})" for role, over in RULES.get(action, {}).items())
        wants = [
            word
            for word, actions in (("a second factor", WANTS_SECOND_FACTOR), ("a reason", WANTS_REASON))
            if action in actions
        ]
        rows.append((f"`{action.value}`", roles or "nobody", " and ".join(wants)))
    return _page(
        "Who may do what",
        "`src/samaki/kernel/policy.py`",
        "Each action, the roles that may do it and how far, and what it asks for besides. What no rule grants is "
        "refused.",
        _table(("Action", "Roles and reach", "Asks for"), rows),
    )


def events() -> str:
    from samaki.kernel.registry import reactions

    rows = [
        (
            f"`{event.__module__}.{event.__qualname__}`",
            "<br>".join(f"`{a.__module__}.{a.__name__}`" for a in answers),
            _first_line(event),
        )
        for event, answers in sorted(
            reactions.listed(), key=lambda pair: f"{pair[0].__module__}.{pair[0].__qualname__}"
        )
    ]
    text = "An event and what answers it, in the transaction that raised it."
    return _page(
        "Events and reactions",
        "the `reactions.py` of each strand",
        text if rows else f"{text} No event has an answer yet.",
        _table(("Event", "Answered by", "What happened"), rows) if rows else "",
    )


def indicators() -> str:
    from samaki.engines.results.definitions import read
    from samaki.kernel.evidence import indicator_files

    parts = []
    for file in indicator_files:
        for definition in read(file.path.read_text(encoding="utf-8")):
            texts = definition.texts
            lines = [f"## `{definition.key}`", f"**{texts['label_en']}** · {texts['label_km']}", texts["why_en"]]
            lines.append(f"- Numerator: {texts['numerator_en']}")
            if texts.get("denominator_en"):
                lines.append(f"- Denominator: {texts['denominator_en']}")
            lines += [
                f"- Unit: {definition.unit}, counted once by {definition.dedupe_key}",
                f"- Dimensions: {', '.join(definition.dimensions) or 'none'}",
                f"- From: {texts['sources_en']}",
                f"- Kept by `{file.key}`; author {definition.author}, checked by {definition.checker}, "
                f"next review {definition.review_on.isoformat()}",
                f"- Definition: sha256 `{definition.digest()}`",
            ]
            parts.append("\n\n".join(lines[:3]) + "\n\n" + "\n".join(lines[3:]))
    return _page(
        "Indicator catalogue",
        "the `indicators.toml` of ground and strands",
        "What each figure counts. A change of a definition is its next version; published figures keep theirs.",
        "\n\n".join(parts),
    )


def command_line() -> str:
    from samaki.interfaces.cli.arguments import parser

    whole = parser()
    rows = [
        (f"`{' '.join(words)}`", help_text or "", "<br>".join(_options(command)))
        for words, help_text, command in _commands(("samaki",), whole, "")
    ]
    return _page(
        "Command line",
        "`src/samaki/interfaces/cli/arguments.py`",
        f"{whole.description} {whole.epilog} Errors go to stderr.",
        _table(("Command", "What it does", "Options"), rows),
    )


Command = tuple[tuple[str, ...], str | None, argparse.ArgumentParser]


def _commands(words: tuple[str, ...], command: argparse.ArgumentParser, help_text: str | None) -> Iterable[Command]:
    below = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        positional = [str(a.metavar or a.dest) for a in command._actions if not a.option_strings]
        yield (*words, *positional), help_text, command
    for action in below:
        helps = {choice.dest: choice.help for choice in action._choices_actions}
        for name, each in action.choices.items():
            yield from _commands((*words, name), each, helps.get(name))


def _options(command: argparse.ArgumentParser) -> Iterable[str]:
    for action in command._actions:
        if not action.option_strings or isinstance(action, argparse._HelpAction):
            continue
        words = action.option_strings[-1]
        if action.choices:
            words += " " + "\\|".join(str(choice) for choice in action.choices)
        elif action.nargs != 0:
            words += f" {action.metavar or action.dest.upper()}"
        must = " (must be given)" if action.required else ""
        yield f"`{words}`{': ' + action.help if action.help else ''}{must}"


def _page(title: str, source: str, text: str, body: str) -> str:
    return "\n\n".join(part for part in (f"# {title}", MADE.format(source=source), text, body) if part) + "\n"


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _first_line(thing: type[object]) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n", 1)[0].replace("\n", " ")


def main() -> None:
    django.setup()
    for name, text in pages().items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
