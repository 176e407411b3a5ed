"""Channels, their arrivals through time, and what is in an order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import cos, pi
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Arrivals, Channel, Content, Demand
from fulfillsim.domain.work import Station
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.cells import not_negative, number
from fulfillsim.scenario.names import client_names, n_classes, service_names, zone_names
from fulfillsim.scenario.schema import demand as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.tables import read_table
from fulfillsim.scenario.units import duration_s

Floats = NDArray[np.float64]
PIECE_S = 60.0
"""Longest piece in which a rate that changes all the time is taken as constant."""


def build_demand(settings: Settings, timeline: Timeline, folder: Path) -> Demand:
    """All channels, in the order of their names."""
    plan = settings.demand
    return Demand(
        channels=tuple(
            _channel(settings, timeline, folder, name, plan.channels[name]) for name in sorted(plan.channels)
        ),
        zones=zone_names(settings),
        services=service_names(settings),
        clients=client_names(settings),
        day_cv=plan.day_cv,
        forecast_cv=plan.forecast_error_cv,
    )


def _channel(settings: Settings, timeline: Timeline, folder: Path, name: str, plan: says.Channel) -> Channel:
    drops = sorted(
        second
        for clock_s in plan.drops.values()
        for second in timeline.on_days(clock_s, timeline.on_weekdays(plan.drop_days))
    )
    return Channel(
        name=name,
        kind=plan.kind,
        arrivals=_arrivals(settings.demand, timeline, folder, name, plan),
        content=_content(settings, plan),
        capture=_capture(name, plan.capture) if plan.capture else None,
        drop_times_s=tuple(drops),
        client=client_names(settings).index(plan.client) if plan.client else 0,
    )


def _capture(name: str, plan: says.Capture) -> Station:
    return station(
        plan.station or name,
        plan.time,
        discipline=plan.discipline,
        max_in_system=plan.lines,
        patience=plan.patience,
    )


def _content(settings: Settings, plan: says.Channel) -> Content:
    zones = plan.zone_shares or {name: zone.share for name, zone in settings.zones.items()}
    services = plan.service_shares or {name: service.share for name, service in settings.services.items()}
    classes = plan.priorities.values()
    by_rank = [sum(c.share for c in classes if c.rank == rank) for rank in range(n_classes(settings))]
    return Content(
        lines=plan.lines,
        units=plan.units,
        zone_share=_shares(zones, zone_names(settings)),
        service_share=_shares(services, service_names(settings)),
        gift_prob=plan.gift_prob,
        instruction_prob=plan.instruction_prob,
        capture_error_prob=plan.capture_error_prob,
        priority_share=tuple(by_rank) if classes else (1.0,),
        day_lines=_of_days({day: each.lines for day, each in plan.forecast.items()}),
        day_units=_of_days({day: each.units for day, each in plan.forecast.items()}),
    )


def _of_days(means: dict[date, float | None]) -> dict[int, float]:
    """Mean by calendar ordinal of the days that have one of their own."""
    return {day.toordinal(): mean for day, mean in means.items() if mean is not None}


def _shares(given: dict[str, float], names: tuple[str, ...]) -> tuple[float, ...]:
    return tuple(given.get(name, 0.0) for name in names) if given else (1.0,)


def _arrivals(demand: says.Demand, timeline: Timeline, folder: Path, name: str, plan: says.Channel) -> Arrivals:
    if plan.headway is not None:
        headway = plan.headway.scaled(1.0 / demand.factor) if demand.factor not in (0.0, 1.0) else plan.headway
        return Arrivals(np.array([0.0, timeline.days.end_s]), np.zeros(1), 1.0, headway, plan.orders_per_arrival)
    edges, expected = _by_hour(timeline, plan) if plan.rate is None else _by_rate(timeline, folder, plan.rate)
    factors = _day_factors(demand, timeline, name, plan)
    day_of = np.searchsorted(np.asarray(timeline.days.midnight_s), edges[:-1], side="right") - 1
    return Arrivals(edges, expected * factors[day_of], demand.dispersion, None, plan.orders_per_arrival)


def rated_days(days: Days) -> int:
    """Days for which rates are worked out: the run, and a week at least, because stock levels rest on a whole one."""
    return max(days.n_run, 7)


def _day_factors(demand: says.Demand, timeline: Timeline, name: str, plan: says.Channel) -> Floats:
    """Factor of each day of the run: overall, weekday and special days."""
    days = timeline.days
    factors = np.array([demand.factor * plan.weekdays[days.weekday(day)] for day in range(rated_days(days))])
    for day, date_ in timeline.dated(demand.special_days).items():
        if day < len(factors):
            special = demand.special_days[date_]
            factors[day] *= special.factor * special.channels.get(name, 1.0)
    for day in timeline.dated(plan.forecast):
        if day < len(factors):
            factors[day] = demand.factor
    return factors


def _by_hour(timeline: Timeline, plan: says.Channel) -> tuple[Floats, Floats]:
    """Hours of each day as the clock shows them: one is missing in spring, one is twice as long in autumn."""
    edges: list[float] = []
    rates: list[float] = []
    n_days = rated_days(timeline.days)
    forecast = {day: plan.forecast[date_].orders for day, date_ in timeline.dated(plan.forecast).items()}
    for day in range(n_days):
        weights = plan.hours[timeline.days.weekday(day)]
        volume = forecast.get(day, plan.orders_per_day or 0.0) / (sum(weights) or 1.0)
        for hour, weight in enumerate(weights):
            start = timeline.second(day, 3600.0 * hour)
            if not edges or start > edges[-1]:
                edges.append(start)
                rates.append(volume * weight / 3600.0)
            else:
                rates[-1] = volume * weight / 3600.0
    edges.append(timeline.days.midnight_s[n_days])
    return np.array(edges), np.array(rates) * np.diff(edges)


def _by_rate(timeline: Timeline, folder: Path, plan: float | says.RatePoints | says.RateWave) -> tuple[Floats, Floats]:
    midnights = np.asarray(timeline.days.midnight_s[: rated_days(timeline.days) + 1])
    if isinstance(plan, float):
        return midnights, plan * np.diff(midnights)
    if isinstance(plan, says.RateWave):
        cumulative = _wave(plan)
        edges = _with_pieces(midnights, PIECE_S)
    else:
        times, rates = _points(plan, folder)
        cumulative = _piecewise(plan, times, rates)
        inside = _repeated(plan, times, float(midnights[-1]))
        edges = np.union1d(midnights, inside)
        if plan.interpolate == "linear":
            edges = _with_pieces(edges, PIECE_S)
    return edges, np.maximum(np.diff(cumulative(edges)), 0.0)


def _with_pieces(edges: Floats, longest_s: float) -> Floats:
    """The same edges and those of equal pieces between them, none longer than ``longest_s``."""
    n = np.maximum(np.ceil(np.diff(edges) / longest_s - 1e-9).astype(int), 1)
    starts = np.repeat(edges[:-1], n)
    step = np.repeat(np.diff(edges) / n, n)
    index = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
    return np.append(starts + step * index, edges[-1])


def _wave(plan: says.RateWave) -> Callable[[Floats], Floats]:
    """Integral of mean + amplitude sin(2 pi t / period) from 0."""
    swing = plan.amplitude * plan.period / (2 * pi)
    turn = 2 * pi / plan.period
    return lambda t: plan.mean * t + swing * (cos(0.0) - np.cos(turn * t))


def _points(plan: says.RatePoints, folder: Path) -> tuple[Floats, Floats]:
    """Times (s) and rates (per second) of the points, in order of time, the first at 0."""
    if plan.file is not None:
        table = read_table(plan.file, folder)
        faults: list[Fault] = []
        times = table.column("time", duration_s, faults)
        per_hour = table.column("per_hour", not_negative(number), faults)
        faults += table.unknown(("time", "per_hour"))
        if faults:
            raise ScenarioError(faults)
        pairs = sorted(zip(times, (rate / 3600.0 for rate in per_hour), strict=True))
    else:
        pairs = sorted((plan.points or {}).items())
    times_s, rates = (np.array(column) for column in zip(*pairs, strict=True))
    if times_s[0] > 0:
        times_s, rates = np.insert(times_s, 0, 0.0), np.insert(rates, 0, rates[0])
    if plan.cycle is not None:
        last = rates[0] if plan.interpolate == "linear" else rates[-1]
        keep = times_s < plan.cycle
        times_s, rates = np.append(times_s[keep], plan.cycle), np.append(rates[keep], last)
    return times_s, rates


def _piecewise(plan: says.RatePoints, times: Floats, rates: Floats) -> Callable[[Floats], Floats]:
    """Integral of the rate from 0, exact for steps and straight lines; beyond the points it cycles or holds."""
    widths = np.diff(times)
    heights = (rates[:-1] + rates[1:]) / 2 if plan.interpolate == "linear" else rates[:-1]
    totals = np.concatenate(([0.0], np.cumsum(widths * heights)))
    slopes = np.diff(rates) / widths if plan.interpolate == "linear" else np.zeros(len(widths))

    def inside(t: Floats) -> Floats:
        piece = np.minimum(np.searchsorted(times, t, side="right") - 1, len(times) - 1)
        since = t - times[piece]
        slope = np.append(slopes, 0.0)[piece]
        result: Floats = totals[piece] + since * (rates[piece] + slope * since / 2)
        return result

    if plan.cycle is None:
        return inside
    cycle = plan.cycle
    return lambda t: np.floor(t / cycle) * totals[-1] + inside(t - np.floor(t / cycle) * cycle)


def _repeated(plan: says.RatePoints, times: Floats, end_s: float) -> Floats:
    if plan.cycle is None:
        return times[times < end_s]
    starts = plan.cycle * np.arange(np.ceil(end_s / plan.cycle))
    every = (starts[:, None] + times[None, :-1]).ravel()
    return every[every < end_s]
