"""One replication: a function of (world, seed, replication index) alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fulfillsim.experiment.record import Outcome, Record, Value

if TYPE_CHECKING:
    from fulfillsim.domain.world import World
    from fulfillsim.kpi import Facts, KpiValue


def replicate(world: World, seed: int, index: int, by: tuple[str, ...] = ()) -> Outcome:
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

    Raises
    ------
    SimulationError
        If an invariant broke: figures of this run must not be used.
    """
    from fulfillsim import kpi, sim
    from fulfillsim.tape import draw_tape

    tape = draw_tape(world, seed, index)
    trace = sim.run(world, tape)
    facts = kpi.Facts(world, trace, _undisturbed(world, seed, index))
    kpi.check_conservation(world, trace, facts)
    found = [*kpi.compute(world, trace, facts=facts), *(kpi.compute(world, trace, by, facts=facts) if by else ())]
    targets = _kept(kpi.target_values(facts))
    return Outcome(Record(index, _kept(found), len(tape), trace.n_events, by, targets), trace)


def _undisturbed(world: World, seed: int, index: int) -> Facts | None:
    """The same replication without the world's events; None where nothing goes wrong."""
    from fulfillsim import kpi, sim
    from fulfillsim.tape import draw_tape

    if world.undisturbed is None:
        return None
    tape = draw_tape(world.undisturbed, seed, index)
    return kpi.Facts(world.undisturbed, sim.run(world.undisturbed, tape))


def _kept(values: list[KpiValue]) -> tuple[Value, ...]:
    return tuple(Value(v.name, float(v.value), v.unit, tuple(v.cut.items())) for v in values)
