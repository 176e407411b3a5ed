"""What customers are told on the way, and when a delay is told before it is a fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Outlook(NamedTuple):
    """Orders at one of the moments at which a policy looks at them: those that nobody was warned of yet.

    Arrays have shape (n,). ``late_prob`` is the chance that the order arrives after the date of its promise, from what
    is known at that moment: how long other orders took from where it stands to the dock, the next departures, and the
    transit law of its carrier service.
    """

    now_s: float
    late_prob: Floats
    promise_s: Floats


class NotificationPolicy(Protocol):
    """Says which messages go out, and whom to warn.

    Attributes
    ----------
    looks_ahead
        Whether it is asked whom to warn at all: at equal distances of time about all open orders, and whenever a truck
        has left about those on it.
    """

    @property
    def looks_ahead(self) -> bool: ...  # noqa: D102

    def sent(self, listed: frozenset[str]) -> frozenset[str]:
        """Messages that go out, of those that the scenario lists."""
        ...

    def warns(self, outlook: Outlook) -> Bools:
        """Whose customers are sent a delay notice now, shape (n,)."""
        ...


@dataclass(frozen=True)
class Silent:
    """Nothing is sent, whatever the scenario lists: customers find out by waiting."""

    late_chance: float
    looks_ahead: bool = False

    def sent(self, listed: frozenset[str]) -> frozenset[str]:
        """Return none."""
        del listed
        return frozenset()

    def warns(self, outlook: Outlook) -> Bools:
        """Warn nobody."""
        return np.zeros(len(outlook.late_prob), np.bool_)


@dataclass(frozen=True)
class Milestones:
    """What the scenario lists is sent as facts arrive; a delay is told when it is one."""

    late_chance: float
    looks_ahead: bool = False

    def sent(self, listed: frozenset[str]) -> frozenset[str]:
        """All that are listed."""
        return listed

    def warns(self, outlook: Outlook) -> Bools:
        """Warn nobody ahead of the facts."""
        return np.zeros(len(outlook.late_prob), np.bool_)


@dataclass(frozen=True)
class Proactive:
    """Milestones, and a delay notice as soon as the chance of being late exceeds ``late_chance``."""

    late_chance: float
    looks_ahead: bool = True

    def sent(self, listed: frozenset[str]) -> frozenset[str]:
        """All that are listed, and delay notices."""
        return listed | {"delay"}

    def warns(self, outlook: Outlook) -> Bools:
        """Warn those more likely to be late than the bound allows."""
        return outlook.late_prob > self.late_chance


NOTIFICATION: dict[str, Callable[[float], NotificationPolicy]] = {
    "silent": Silent,
    "milestones": Milestones,
    "proactive": Proactive,
}
"""Policies by the names that scenarios use, each made with the scenario's ``late_chance``."""
