"""People: roles, the shifts they work and the stations they can serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WorkInHand = Literal["finish", "hand_over"]


@dataclass(frozen=True)
class Break:
    """A pause inside a duty; ``paid`` says whether it counts as rostered paid time."""

    start_s: float
    end_s: float
    paid: bool = True


@dataclass(frozen=True)
class Duty:
    """One presence of a shift on one day: from, until (seconds since clock zero), with its breaks in order."""

    start_s: float
    end_s: float
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True)
class Shift:
    """``headcount`` people who come and go together."""

    name: str
    headcount: int
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class Skill:
    """That a role can serve a station: its rank of preference (1 first) and its speed there (1 is standard)."""

    station: str
    rank: int = 1
    speed: float = 1.0


@dataclass(frozen=True)
class Role:
    """People alike in skills and wage.

    Parameters
    ----------
    skills
        Stations served, in order of preference.
    wage_per_h
        Pay per rostered paid hour, in the scenario's currency.
    indirect_share
        Share of rostered time spent on work that belongs to no order (meetings, cleaning), in [0, 1).
        Taken as a longer time at every task, and left out of the time available when utilization is computed.
    at_break
        What happens to work in hand when a break or the end of the shift comes.
    """

    name: str
    skills: tuple[Skill, ...]
    shifts: tuple[Shift, ...]
    wage_per_h: float = 0.0
    indirect_share: float = 0.0
    at_break: WorkInHand = "finish"
