"""Random networks of stations: everything that people, queues and flow can be, in small, from a seed.

For the comparison with `plain_network`. Work times are continuous, so that no two people finish at the same second;
waves and files come at odd seconds, shifts and breaks at whole quarters of an hour: ties between different kinds of
events are the subject of exact traces instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Channel, Content, Demand
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release, Wave
from fulfillsim.domain.staff import Break, Duty, Role, Shift, Skill
from fulfillsim.domain.work import GIFT, Discipline, Station, Step, WorkTime
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import Distribution, make, make_count
from fulfillsim.testing.worlds import DAY_S, catalog_of, constant_arrivals, days_of

HOUR_S = 3600.0
QUARTER_S = 900.0
PER_HOUR = 12.0
N_SKUS = 12


def random_network(seed: int) -> World:
    """A network of up to eight stations that a few hundred orders pass in a day or two."""
    rng = np.random.default_rng(seed)
    days = days_of(int(rng.integers(1, 3)))
    channels = _channels(rng, days)
    picking = _picking(rng) if rng.random() < 0.6 else None
    steps = _steps(rng, picking is not None)
    release = _release(rng, days) if rng.random() < 0.3 else Release()
    stations = [channel.capture for channel in channels if channel.capture]
    stations += [zone.station for zone in picking.zones] if picking else []
    stations += [step.station for step in steps if step.station.staffed]
    return World(
        f"network {seed}",
        days,
        Demand(channels),
        _staff(rng, days, [station.name for station in stations]),
        catalog=_catalog(rng, len(picking.zones) if picking else 1),
        fulfillment=Fulfillment(release, picking, steps),
    )


def _chance(rng: Generator, prob: float) -> bool:
    return bool(rng.random() < prob)


def _one_of(rng: Generator, *choices: Any) -> Any:
    return choices[int(rng.integers(len(choices)))]


def _shape(rng: Generator) -> Distribution:
    """Continuous, with mean 1."""
    cv = float(rng.uniform(0.2, 1.5))
    shapes = (
        make("exponential", mean=1.0),
        make("gamma", mean=1.0, cv=cv),
        make("lognormal", mean=1.0, cv=cv),
        make("uniform", low=0.4, high=1.6),
    )
    return shapes[int(rng.integers(len(shapes)))]


def _time(rng: Generator) -> WorkTime:
    """A few minutes per order, line, unit and gift."""
    parts = [float(part) if _chance(rng, 0.5) else 0.0 for part in rng.uniform(5.0, 60.0, 3)]
    return WorkTime(float(rng.uniform(60.0, 400.0)), _shape(rng), *parts)


def _channels(rng: Generator, days: Days) -> tuple[Channel, ...]:
    """One or two of: web, phone with patience and few lines, file drop; the orders of some arrive together."""
    kinds = rng.choice(["web", "phone", "file_drop"], size=int(rng.integers(1, 3)), replace=False)
    classes = int(rng.integers(1, 4))
    channels = []
    for kind in kinds:
        arrivals = constant_arrivals(days, PER_HOUR / len(kinds))
        if _chance(rng, 0.3):
            arrivals = replace(
                arrivals,
                expected=arrivals.expected / 2.0,
                orders_per_arrival=make_count("geometric", mean=2.0),
            )
        content = Content(
            make_count("geometric", mean=float(rng.uniform(1.0, 3.0))),
            make_count("geometric", mean=1.5),
            gift_prob=0.3,
            priority_share=(1.0 / classes,) * classes,
        )
        capture = _agents(rng) if kind == "phone" else None
        drops = tuple(DAY_S * day + HOUR_S * hour + 17.0 for day in range(days.n_run) for hour in (6, 11, 15, 20))
        channels.append(Channel(kind, kind, arrivals, content, capture, drops if kind == "file_drop" else ()))
    return tuple(channels)


def _agents(rng: Generator) -> Station:
    patience = make("exponential", mean=float(rng.uniform(100.0, 900.0))) if _chance(rng, 0.7) else None
    lines = int(rng.integers(2, 9)) if _chance(rng, 0.5) else None
    discipline: Discipline = _one_of(rng, "fifo", "priority", "shortest")
    return Station("agents", _time(rng), discipline, max_in_system=lines, patience=patience)


def _picking(rng: Generator) -> Picking:
    """One to three zones, in which orders are collected singly or together."""
    discipline: Discipline = _one_of(rng, "fifo", "priority")
    zones = tuple(
        PickZone(f"zone{number}", Station(f"zone{number}", _time(rng), discipline))
        for number in range(int(rng.integers(1, 4)))
    )
    most = int(rng.integers(1, 6))
    batch = Batch(max_orders=most if _chance(rng, 0.9) else None, min_orders=int(rng.integers(1, most + 1)))
    return Picking(zones, batch, split=_one_of(rng, "lines", "all"), per=_one_of(rng, "order", "tour"))


def _steps(rng: Generator, picked: bool) -> tuple[Step, ...]:
    """Stations after picking, staffed or mere delays, of which some send orders back."""
    steps: list[Step] = []
    for number in range(int(rng.integers(0 if picked else 1, 5))):
        discipline: Discipline = _one_of(rng, "fifo", "priority", "shortest", "preemptive")
        station = Station(f"step{number}", _time(rng), discipline, staffed=_chance(rng, 0.75))
        if not station.staffed and _chance(rng, 0.5):
            station = replace(station, time=WorkTime(600.0, make("deterministic", mean=1.0)))
        back = [step.station.name for step in steps] + [station.name] + ["picking"] * picked
        fails = _chance(rng, 0.4)
        steps.append(
            Step(
                station,
                str(rng.choice(back)) if fails else None,
                float(rng.uniform(0.05, 0.4)) if fails else 0.0,
                GIFT if _chance(rng, 0.2) else None,
            )
        )
    return tuple(steps)


def _release(rng: Generator, days: Days) -> Release:
    every_s = float(rng.integers(2, 9)) * QUARTER_S
    times = np.arange(HOUR_S + 7.0, days.end_s, every_s)
    return Release("waves", tuple(map(Wave, times.tolist())))


def _catalog(rng: Generator, n_zones: int) -> Catalog:
    return replace(catalog_of(N_SKUS), zone=rng.integers(0, n_zones, N_SKUS).astype(np.int16))


def _staff(rng: Generator, days: Days, stations: Sequence[str]) -> tuple[Role, ...]:
    """A role for every station, and now and then one whose people serve several, in an order of preference."""
    skills = [(name,) for name in stations]
    for _ in range(int(rng.integers(0, 3)) if len(stations) > 1 else 0):
        skills.append(tuple(rng.permutation(stations)[: int(rng.integers(2, 4))].tolist()))
    return tuple(
        Role(
            f"role{number}",
            tuple(Skill(name, rank + 1, float(rng.uniform(0.7, 1.3))) for rank, name in enumerate(names)),
            tuple(_shift(rng, days, f"shift{place}") for place in range(int(rng.integers(1, 4)))),
            indirect_share=_one_of(rng, 0.0, 0.08),
            at_break=_one_of(rng, "finish", "hand_over"),
        )
        for number, names in enumerate(skills)
    )


def _shift(rng: Generator, days: Days, name: str) -> Shift:
    """Early, late, at night or always, with up to two breaks."""
    headcount = int(rng.integers(1, 4))
    if _chance(rng, 0.15):
        return Shift(name, headcount, (Duty(0.0, days.end_s + DAY_S),))
    begin_s = _one_of(rng, 0.0, 6.0, 14.0, 22.0) * HOUR_S
    quarters = sorted(rng.choice(np.arange(4, 29, 4), size=int(rng.integers(0, 3)), replace=False).tolist())
    pauses = [(QUARTER_S * place, QUARTER_S * (place + int(rng.integers(1, 4)))) for place in quarters]
    duties = tuple(
        Duty(start_s, start_s + 8 * HOUR_S, tuple(Break(start_s + a, start_s + b) for a, b in pauses))
        for start_s in (DAY_S * day + begin_s for day in range(days.n_run))
    )
    return Shift(name, headcount, duties)
