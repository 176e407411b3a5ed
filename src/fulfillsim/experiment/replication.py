"""One replication: a function of (world, seed, replication index) alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from fulfillsim.experiment.record import Outcome, Record, Value
from fulfillsim.sampling.streams import MirroredStreams, Streams

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.experiment.worker import Replicate
    from fulfillsim.kpi import Facts, KpiValue


def replicate(world: World, seed: int, index: int, by: tuple[str, ...] = (), cut_kpis: tuple[str, ...] = ()) -> Outcome:
    """Draw the orders, run them, check that nothing got lost, and compute the KPIs.

    Parameters
    ----------
    world
        The operation.
    seed
        Of the study.
    index
        Of the replication.
    by
        What to cut the KPIs by, beside computing them uncut.
    cut_kpis
        Only these are cut; all if not given.

    Raises
    ------
    SimulationError
        If an invariant broke: figures of this run must not be used.
    """
    return _replicate(world, seed, index, by, cut_kpis)


def replicate_antithetic(
    world: World, seed: int, index: int, by: tuple[str, ...] = (), cut_kpis: tuple[str, ...] = ()
) -> Outcome:
    """Run a replication and its mirror image (1 - u for every uniform u); values are means of the two.

    So each record is independent of the others, and all that is made of records holds as it is. The trace is that of
    the first.
    """
    first = _replicate(world, seed, index, by, cut_kpis)
    mirrored = _replicate(world, seed, index, by, cut_kpis, MirroredStreams).record
    one = first.record
    values, targets = _means(one.values, mirrored.values), _means(one.targets, mirrored.targets)
    sizes = one.n_orders + mirrored.n_orders, one.n_events + mirrored.n_events
    return Outcome(Record(index, values, *sizes, by, targets), first.trace)


ROADS = {"journeys": replicate, "antithetic": replicate_antithetic}
"""Ways to make a replication, by the name that a run directory bears."""

OWN = "own"
"""The name of every function that a caller brings."""


def road_of(run: Replicate) -> str:
    """Name of what makes replications, for run directories: those of another are refused.

    >>> road_of(replicate)
    'journeys'
    """
    program = getattr(run, "func", run)
    return next((name for name, road in ROADS.items() if road is program), OWN)


def _means(values: tuple[Value, ...], others: tuple[Value, ...]) -> tuple[Value, ...]:
    """Means by KPI and cut; of a value that only one of the two has, or that is not defined in one, the other."""
    both = [{(value.kpi, value.cut): value for value in side} for side in (values, others)]
    return tuple(_mean([side[key] for side in both if key in side]) for key in dict.fromkeys((*both[0], *both[1])))


def _mean(values: list[Value]) -> Value:
    known = [value.value for value in values if not math.isnan(value.value)]
    return replace(values[0], value=sum(known) / len(known) if known else math.nan)


def _replicate(
    world: World,
    seed: int,
    index: int,
    by: tuple[str, ...],
    cut_kpis: tuple[str, ...],
    streams: type[Streams] = Streams,
) -> Outcome:
    from fulfillsim import kpi, sim
    from fulfillsim.tape import draw_tape

    tape = draw_tape(world, seed, index, streams)
    trace = sim.run(world, tape)
    facts = kpi.Facts(world, trace, _undisturbed(world, seed, index, streams))
    kpi.check_conservation(world, trace, facts)
    wanted = list(dict.fromkeys(kpi.find_kpi(name) for name in cut_kpis)) or kpi.KPIS
    cut = kpi.compute(world, trace, by, wanted, facts) if by else []
    found = [*kpi.compute(world, trace, facts=facts), *cut]
    targets = _kept(kpi.target_values(facts))
    return Outcome(Record(index, _kept(found), len(tape), trace.n_events, by, targets), trace)


def _undisturbed(world: World, seed: int, index: int, streams: type[Streams]) -> Facts | None:
    """The same replication without the world's events; None where nothing goes wrong."""
    from fulfillsim import kpi, sim
    from fulfillsim.tape import draw_tape

    if world.undisturbed is None:
        return None
    tape = draw_tape(world.undisturbed, seed, index, streams)
    return kpi.Facts(world.undisturbed, sim.run(world.undisturbed, tape))


def _kept(values: list[KpiValue]) -> tuple[Value, ...]:
    return tuple(Value(v.name, float(v.value), v.unit, tuple(v.cut.items())) for v in values)
