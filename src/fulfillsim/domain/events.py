"""Disruptions: what goes wrong from one moment to another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that lasts from ``start_s`` to ``end_s``.

    Parameters
    ----------
    closes
        Stations at which nobody can work meanwhile; ``None`` where the event is of another kind and stands in the plan
        itself (departures, duties, rates).
    """

    name: str
    start_s: float
    end_s: float
    closes: frozenset[str] | None = None


@dataclass(frozen=True)
class Delay:
    """Something takes longer from ``start_s`` to ``end_s``, by so many days or seconds."""

    start_s: float
    end_s: float
    by: float

    def at(self, time_s: float) -> float:
        """How much longer it takes at a moment."""
        return self.by if self.start_s <= time_s < self.end_s else 0.0
