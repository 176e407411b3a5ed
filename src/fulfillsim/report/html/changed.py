"""What was changed in a scenario: its settings beside those it was made from, where they differ."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillsim.report.html.page import Block, Table, Text

PLAIN = re.compile(r"[\w./%-][\w./% -]*")
"""Texts that YAML takes as they stand."""

MOST_SHOWN = 60
"""Changes in a table; what differs in more is another scenario."""

_TITLES = frozenset({"name", "question"})


@dataclass(frozen=True)
class Change:
    """One setting before and after, as text; empty where it was or is not there."""

    path: str
    before: str
    after: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Settings that differ, in the order of the scenario.

    Examples
    --------
    >>> changes({"days": 7, "staff": {"pickers": 8}}, {"days": 7, "staff": {"pickers": 9}})
    [Change(path='staff.pickers', before='8', after='9')]
    """
    was, now = dict(_leaves(before)), dict(_leaves(after))
    paths = [*now, *(path for path in was if path not in now)]
    return [
        Change(path, was.get(path, ""), now.get(path, ""))
        for path in paths
        if was.get(path) != now.get(path) and path not in _TITLES
    ]


def _leaves(settings: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for key, value in settings.items():
        path = (*above, _quoted(str(key)))
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, path)
        else:
            yield ".".join(path), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _quoted(key: str) -> str:
    """A key as ``--set`` takes it."""
    return f'"{key}"' if any(sign in key for sign in '. "') else key


def told_changes(found: Sequence[Change], against: str) -> Block:
    """Changes as a table, or a sentence where there are none or too many."""
    if not found:
        return Text(f"Nothing was changed against {against}.")
    caption = f"Changed against {against}"
    if len(found) > MOST_SHOWN:
        caption += f" (the first {MOST_SHOWN} of {len(found)} settings)"
    rows = [(change.path, change.before or "(not set)", change.after or "(not set)") for change in found[:MOST_SHOWN]]
    return Table(caption, ("setting", "before", "after"), rows)


def as_options(found: Sequence[Change]) -> list[str]:
    """``--set`` options that make the changes, quoted for a shell."""
    return ["--set " + shlex.quote(f"{change.path}={_value(change.after)}") for change in found]


def _value(text: str) -> str:
    """A value as YAML reads it back: quoted unless it is plain, a list or a mapping."""
    if not text:
        return "null"
    return text if PLAIN.fullmatch(text) or text[0] in "[{" else json.dumps(text, ensure_ascii=False)
