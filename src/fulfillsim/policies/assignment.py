"""Where somebody with several skills goes when more than one of their stations has work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """What waits at a station.

    Parameters
    ----------
    place
        Of the station in the worker's order of preference, 0 first.
    n_waiting
        Items in the queue (orders, where picking collects them).
    since_s
        When the next one in the queue came.
    rank
        Its urgency, smaller first: its due departure or class, as the scenario says.
    """

    place: int
    n_waiting: int
    since_s: float
    rank: float


Assignment = Callable[[Sequence[Line], float], int]
"""Lines with work, at least two, the preferred station first, and the time -> index of the one to go to."""


def preference(lines: Sequence[Line], now: float) -> int:
    """The first station with work, in the worker's order of preference: compiled to a list, nobody is asked."""
    return 0


def longest_queue(lines: Sequence[Line], now: float) -> int:
    """Where most wait; the preferred one among equals."""
    return max(range(len(lines)), key=lambda i: (lines[i].n_waiting, -i))


def longest_wait(lines: Sequence[Line], now: float) -> int:
    """Where the next one has waited longest."""
    return min(range(len(lines)), key=lambda i: (lines[i].since_s, i))


def most_urgent(lines: Sequence[Line], now: float) -> int:
    """Where the next one is most urgent: by due departure or class, as the scenario says."""
    return min(range(len(lines)), key=lambda i: (lines[i].rank, i))


def home_first(lines: Sequence[Line], now: float) -> int:
    """At home, the station of the first preference, while it has work; else help where most wait."""
    return 0 if lines[0].place == 0 else longest_queue(lines, now)


ASSIGNMENT: dict[str, Assignment] = {
    "preference": preference,
    "home_first": home_first,
    "longest_queue": longest_queue,
    "longest_wait": longest_wait,
    "most_urgent": most_urgent,
}
"""By the names that scenarios use; a rule other than the first is asked when two or more stations have work."""
