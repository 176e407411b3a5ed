"""How a run begins: with a usual backlog, with nothing, or with a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.schema.root import Settings


def check_beginning(settings: Settings) -> Iterator[Finding]:
    """A snapshot and the word that asks for it belong together, and its tables fit the scenario."""
    given = settings.begin == "given"
    if given and settings.snapshot is None:
        yield Finding(("begin",), "is given, but there is no snapshot", "name its tables under snapshot")
    if settings.snapshot is not None and not given:
        rule = f"is not looked at: the run begins {settings.begin}"
        yield Finding(("snapshot",), rule, "write begin: given, or take it out")
    if settings.snapshot is None or not given:
        return
    if settings.snapshot.at.date() != settings.start:
        rule = f"must lie on the first day, {settings.start}"
        yield Finding(("snapshot", "at"), rule, "move one of the two")
    for part, needed in (("lines", "catalog"), ("stock", "inventory"), ("on_order", "inventory"), ("people", "staff")):
        is_there = bool(getattr(settings, needed))
        if getattr(settings.snapshot, part) is not None and not is_there:
            yield Finding(("snapshot", part), f"needs {needed}, which is not there", "take it out")
    for part, needed in (("lines", "catalog"), ("stock", "inventory")):
        if getattr(settings.snapshot, part) is None and getattr(settings, needed) is not None:
            rule = f"says nothing of {part}, which a scenario with {needed} needs"
            yield Finding(("snapshot",), rule, f"name the table under snapshot.{part}")
