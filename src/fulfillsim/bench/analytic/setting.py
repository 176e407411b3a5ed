"""Building blocks of the worlds that stand for textbook models, and the common way to read their traces.

The unit of time of a row is an hour of the world. Steady state is reached by deletion: 10,000 customers are expected
in the warm-up, 90,000 in the window; figures belong to the customers who arrive in the window, followed to their end
(arrivals go on meanwhile). Rows that start empty are run as episodes: the days of a run, each long enough to end empty,
which is checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Floats, Measure, Run
from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Arrivals, Channel, Content, Demand
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.staff import Duty, Role, Shift, Skill
from fulfillsim.domain.work import Discipline, Station, WorkTime
from fulfillsim.domain.world import World
from fulfillsim.errors import SimulationError
from fulfillsim.sampling.distributions import Distribution, make, make_count

HOUR_S = 3600.0
MONDAY = 738_947
PER_DAY, N_WARM_UP, N_WINDOW, N_DRAIN, N_BEYOND = 1000, 10, 90, 60, 5
Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Setting:
    """A model ready to run.

    Parameters
    ----------
    worlds
        Alternatives that share customers.
    measures
        By row id; a row without one is not mapped.
    n_customers
        Expected per replication in the window of one alternative.
    """

    worlds: tuple[World, ...]
    measures: dict[str, Measure]
    n_customers: float = field(default=float(PER_DAY * N_WINDOW))


def steady_days(per_hour: float, whole_h: float | None = None, n_drain: int = N_DRAIN) -> Days:
    """Days in which 1,000 customers are expected each (whole multiples of ``whole_h`` hours if given).

    The last of the window have ``n_drain`` days to leave; few suffice where no figure waits for them.
    """
    day_h = PER_DAY / per_hour
    if whole_h is not None:
        day_h = max(round(day_h / whole_h), 1) * whole_h
    n = N_WARM_UP + N_WINDOW + n_drain + N_BEYOND
    midnights = tuple(round(day_h * HOUR_S) * float(day) for day in range(n + 1))
    return Days(MONDAY, midnights, N_WARM_UP, N_WINDOW, n_drain, "UTC")


def episode_days(hours: float, n_episodes: int) -> Days:
    """As many days of equal length, all in the window."""
    midnights = tuple(round(hours * HOUR_S) * float(day) for day in range(n_episodes + 1 + N_BEYOND))
    return Days(MONDAY, midnights, 0, n_episodes, 1, "UTC")


def constant(days: Days, per_hour: float, **more: Any) -> Arrivals:
    """Poisson arrivals at a constant rate (see `Arrivals` for what more there is)."""
    edges = np.asarray(days.midnight_s[: days.n_run + 1])
    return Arrivals(edges, np.diff(edges) / HOUR_S * per_hour, **more)


ONE_UNIT = make("deterministic", mean=1.0)


def channel(name: str, arrivals: Arrivals, capture: Station | None = None, **content: Any) -> Channel:
    """A way in; orders have no lines unless ``content`` says so."""
    facts = {"lines": None, "units": ONE_UNIT} | content
    return Channel(name, "phone" if capture else "web", arrivals, Content(**facts), capture)


def one_line(units: Distribution = ONE_UNIT) -> dict[str, Any]:
    """Content of orders for so many units of one SKU."""
    return {"lines": make_count("deterministic", value=1), "units": units}


def crew(name: str, headcount: int, stations: Sequence[str], days: Days) -> Role:
    """People who never go home; the first station is preferred to the second, and so on."""
    shift = Shift("always", headcount, (Duty(0.0, days.end_s + HOUR_S),))
    return Role(name, tuple(Skill(station, rank + 1) for rank, station in enumerate(stations)), (shift,))


def station(name: str, mean_h: float, shape: Distribution | None = None, discipline: Discipline = "fifo") -> Station:
    """A staffed station; exponential unless another shape (mean 1) is given."""
    return Station(name, WorkTime(mean_h * HOUR_S, shape or make("exponential", mean=1.0)), discipline)


def world(days: Days, channels: Sequence[Channel], staff: Sequence[Role], **stages: Any) -> World:
    """A world with only the stages named."""
    return World("analytic", days, Demand(tuple(channels)), tuple(staff), **stages)


def law(name: str, mean: float, scv: float | None = None) -> Distribution:
    """A distribution by the words of the file: ``erlang-3``, ``uniform(0,2m)``, ``lognormal`` with scv, and so on."""
    word, _, number = name.partition("-")
    if word == "uniform(0,2m)":
        return make("uniform", low=0.0, high=2.0 * mean)
    if word == "erlang" and number:
        return make("erlang", mean=mean, k=int(number))
    if word in ("deterministic", "exponential"):
        return make(word, mean=mean)
    return make(word, mean=mean, cv=sqrt(1.0 if scv is None else scv))


def of_scv(scv: float) -> Distribution:
    """A shape with mean 1 where only the squared coefficient of variation matters: gamma, or its limits."""
    if scv == 0.0:
        return make("deterministic", mean=1.0)
    return make("gamma", mean=1.0, cv=sqrt(scv))


class Passage(NamedTuple):
    """How the customers of the window fared, shape (n,) each, in hours; ``hours`` is the window's length."""

    wait: Floats
    sojourn: Floats
    delayed: NDArray[np.bool_]
    hours: float


def window(run: Run) -> NDArray[np.bool_]:
    """Which orders of the tape were placed in the window, shape (n_orders,)."""
    placed, days = run.trace.tape.placed_s, run.world.days
    return (placed >= days.window_start_s) & (placed < days.window_end_s)


def window_hours(run: Run) -> float:
    """Length of the window."""
    return (run.world.days.window_end_s - run.world.days.window_start_s) / HOUR_S


def passage(run: Run, among: NDArray[np.bool_] | None = None) -> Passage:
    """Waits (summed over all visits) and sojourns (until the last visit's end) of the customers of the window.

    Parameters
    ----------
    among
        Only these orders, shape (n_orders,).

    Raises
    ------
    SimulationError
        If one of them is still there when the run ends: the figures would lack the slowest.
    """
    tape, visits = run.trace.tape, run.trace.columns("visits")
    row = visits["item"].astype(np.int64)
    ended = np.full(len(tape), np.nan)
    ended[row] = visits["ended_s"]  # rows are written in order of time: the last one stays
    waited = np.nan_to_num(visits["started_s"], nan=np.inf)
    waited = np.minimum(waited, visits["ended_s"]) - visits["queued_s"]
    wait = np.bincount(row, weights=waited, minlength=len(tape))
    late = np.bincount(row, weights=visits["started_s"] != visits["queued_s"], minlength=len(tape)) > 0
    chosen = window(run) if among is None else window(run) & among
    if np.isnan(ended[chosen]).any():
        raise SimulationError(f"{int(np.isnan(ended[chosen]).sum())} customers of the window never left")
    sojourn = ended[chosen] - tape.placed_s[chosen]
    return Passage(wait[chosen] / HOUR_S, sojourn / HOUR_S, late[chosen], window_hours(run))


def milestone(run: Run, kind: Milestone) -> Floats:
    """Last time at which it happened to each order, NaN where it did not; shape (n_orders,)."""
    rows = run.trace.columns("milestones")
    chosen = rows["kind"] == kind
    found = np.full(len(run.trace.tape), np.nan)
    found[rows["order"][chosen].astype(np.int64)] = rows["time_s"][chosen]
    return found


def measures(rows: Sequence[Case], of: Mapping[str, Any]) -> dict[str, Measure]:
    """Measures by row id from a table: metric -> function of the row that makes its measure."""
    return {row.id: of[row.metric](row) for row in rows if row.metric in of}
