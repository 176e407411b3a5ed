"""One thing that a check found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fulfillsim.errors import Fault, nearest
from fulfillsim.scenario.nodes import Node, Path, fault_at, find, place_of
from fulfillsim.scenario.units import Money


class Finding(NamedTuple):
    """What is wrong at ``path``; a warning does not stop a run."""

    path: Path
    rule: str
    hint: str = ""
    is_warning: bool = False


def unknown(path: Path, kind: str, name: str, known: Iterable[str]) -> Finding:
    """A name that nothing bears, with the nearest that something does."""
    names = sorted(known)
    near = nearest(name, names)
    there_are = f"there are {', '.join(names)}" if names else "there is none"
    return Finding(path, f"names the {kind} {name}, which is not there", f"did you mean {near}?" if near else there_are)


def told(tree: Node, finding: Finding) -> Fault:
    """The finding as a fault: where it is written, with the value that stands there."""
    found = find(tree, finding.path)
    value = ... if found is None or isinstance(found.value, dict | list) else found.value
    return fault_at(place_of(tree, finding.path), finding.path, finding.rule, value, finding.hint)


def one_currency(amounts: Iterable[tuple[Path, Money]]) -> Iterator[Finding]:
    """Amounts of a file that are in another currency than its first."""
    said = [(path, money.currency) for path, money in amounts if money.currency]
    for path, currency in said:
        if currency != said[0][1]:
            yield Finding(path, f"must be in the one currency of the file, {said[0][1]}", "convert it")
