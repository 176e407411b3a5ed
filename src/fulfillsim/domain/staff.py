"""People: roles, the shifts they work and the stations they can serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fulfillsim.sampling.distributions import Distribution

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
    heads: int | None = None
    """People of the shift who come on this day; ``None``: all."""
    is_known: bool = False
    """Whether these people are there for certain, so that nobody is absent."""

    @property
    def paid_spans(self) -> tuple[tuple[float, float], ...]:
        """From and until of what is paid: the duty without its unpaid breaks."""
        spans, start_s = [], self.start_s
        for pause in self.breaks:
            if not pause.paid:
                spans.append((start_s, pause.start_s))
                start_s = pause.end_s
        return (*spans, (start_s, self.end_s))


@dataclass(frozen=True)
class Learning:
    """How people get better with the time that they have been there: evenly, until they are as good as the others.

    Parameters
    ----------
    start_speed
        Speed on the first day, relative to an experienced colleague, in (0, 1].
    full_after_s
        Calendar time until full speed.
    start_errors
        Picking errors on the first day, relative to an experienced colleague, at least 1; 1 when fully experienced.
    tenure
        Calendar time that somebody has been there at clock zero, drawn per person; ``None``: all are new.
    """

    start_speed: float
    full_after_s: float
    start_errors: float = 1.0
    tenure: Distribution | None = None

    def share(self, there_s: float) -> float:
        """Share of the way to full experience after so long, in [0, 1]."""
        return min(1.0, max(0.0, there_s) / self.full_after_s) if self.full_after_s > 0 else 1.0


@dataclass(frozen=True)
class Absence:
    """People who do not come on a day.

    Parameters
    ----------
    prob
        Chance of a person on a day.
    correlation
        How much of it is shared by all people of the role on the day (the flu), in [0, 1]: the correlation of the
        normal variables behind two people's absence. The chance of each person stays ``prob``.
    paid
        Whether absence is paid.
    """

    prob: float
    correlation: float = 0.0
    paid: bool = True


@dataclass(frozen=True)
class Agency:
    """People of an agency: they come only when called, and only their hours are paid.

    Parameters
    ----------
    rate_per_h
        Pay per hour.
    notice_s
        So long before a duty it is decided how many are called.
    orders_per_head
        One is called for so many orders that wait in fulfillment at that moment, up to the shift's headcount.
    """

    rate_per_h: float
    notice_s: float
    orders_per_head: float


@dataclass(frozen=True)
class ShiftEnd:
    """Who stays longer, and who may go early; looked at every quarter of an hour.

    Parameters
    ----------
    overtime_s
        People stay at most so long after the shift while orders due that day are open.
    home_after_s
        Idle people are sent home, unpaid from then on, when they have been there so long and nothing due that day is
        open; ``None``: never.
    """

    overtime_s: float = 0.0
    home_after_s: float | None = None


@dataclass(frozen=True)
class Shift:
    """``headcount`` people who come and go together; ``learning`` stands before that of the role."""

    name: str
    headcount: int
    duties: tuple[Duty, ...]
    agency: Agency | None = None
    learning: Learning | None = None

    @property
    def rostered_as(self) -> str:
        """Its name in the roster: those whom an event keeps away are a shift of their own, ``early (flu)``."""
        return self.name.partition(" (")[0]


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
    assignment
        How somebody chooses between stations when two or more have work: ``"preference"``, or a rule of
        `fulfillsim.policies.assignment`.
    spread_cv
        Coefficient of variation of people's speed (gamma with mean 1, one draw per person).
    """

    name: str
    skills: tuple[Skill, ...]
    shifts: tuple[Shift, ...]
    wage_per_h: float = 0.0
    indirect_share: float = 0.0
    at_break: WorkInHand = "finish"
    assignment: str = "preference"
    absence: Absence | None = None
    learning: Learning | None = None
    spread_cv: float = 0.0
    shift_end: ShiftEnd | None = None
