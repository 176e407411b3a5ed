"""One thing that a check found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fulfillsim.errors import nearest
from fulfillsim.scenario.nodes import Path


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
