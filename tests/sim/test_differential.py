"""The engine against plain SimPy: equal time stamps, whatever the network."""

import numpy as np
import pytest

from fulfillsim.sim import run
from fulfillsim.tape import draw_tape
from fulfillsim.testing.networks import random_network
from fulfillsim.testing.plain_network import run_plain_network
from fulfillsim.testing.plain_simpy import run_plain
from fulfillsim.testing.worlds import network, with_break

N_FAST, N_ALL = 25, 200


def visits_of(trace):
    """(station, item, worker, queued, started, ended), sorted: which rows, and their times."""
    table = trace.columns("visits")
    names = [trace.stations[int(index)].name for index in table["station"]]
    times = np.stack([table[c] for c in ("queued_s", "started_s", "ended_s")], axis=1)
    return in_order([*zip(names, table["item"].astype(int), table["worker"].astype(int), *times.T, strict=True)])


def milestones_of(trace):
    table = trace.columns("milestones")
    return in_order([*zip(table["order"].astype(int), table["kind"].astype(int), table["time_s"], strict=True)])


def in_order(rows):
    """Rows sorted by what they are, then by time; rounded where they are only sorted, so that both roads agree."""
    return sorted(rows, key=lambda row: tuple(x if isinstance(x, str) else round(float(x), 4) for x in row))


def assert_equal_rows(ours, theirs):
    first = next((pair for pair in zip(ours, theirs, strict=False) if not close(*pair)), None)
    assert first is None, f"the engine says {first[0]}, plain SimPy {first[1]}"
    assert len(ours) == len(theirs)


def close(one, other):
    return one[:2] == other[:2] and np.allclose(
        np.array(one[2:], float), np.array(other[2:], float), rtol=1e-9, atol=0, equal_nan=True
    )


def assert_same_as_plain(world, seed):
    tape = draw_tape(world, seed, 0)
    trace, facts = run(world, tape), run_plain_network(world, tape)
    assert_equal_rows(visits_of(trace), in_order(facts.visits))
    assert_equal_rows(milestones_of(trace), in_order(facts.milestones))
    assert len(facts.visits) > 10


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.slow] if seed >= N_FAST else []) for seed in range(N_ALL)]
)
def test_a_random_network_has_the_time_stamps_of_plain_simpy(seed):
    assert_same_as_plain(random_network(seed), seed)


def test_a_tandem_is_the_same_in_both_plain_programs():
    world = with_break(network(60.0, [(100.0, 2), (60.0, 1)], 1), 7200.0, 9000.0, "finish")
    tape = draw_tape(world, 3, 0)
    times = run_plain(world, tape)
    visits = run_plain_network(world, tape).visits
    for station, item, _, _, started, ended in visits:
        assert times[item, int(station.removeprefix("station")) - 1].tolist() == pytest.approx(
            [started, ended], rel=1e-9
        )
    assert len(visits) == np.isfinite(times[..., 1]).sum() > 1000


def test_the_few_networks_of_the_fast_suite_hold_every_rule():
    found = set()
    for world in map(random_network, range(N_FAST)):
        plan, channels = world.fulfillment, world.demand.channels
        found |= {channel.kind for channel in channels} | {plan.release.rule}
        found |= {"together" for channel in channels if channel.arrivals.orders_per_arrival}
        found |= {"busy line" for channel in channels if channel.capture and channel.capture.max_in_system}
        found |= {"patience" for channel in channels if channel.capture and channel.capture.patience}
        found |= {"cross-trained" for role in world.staff if len(role.skills) > 1}
        found |= {role.at_break for role in world.staff for shift in role.shifts if shift.duties[0].breaks}
        for step in plan.steps:
            found |= {step.station.discipline, "staffed" if step.station.staffed else "delay"}
            found |= {"rework" if step.rework_to else "no check", "gift" if step.only else "for all"}
        if plan.picking:
            found |= {f"split {plan.picking.split}", f"per {plan.picking.per}", f"{len(plan.picking.zones)} zones"}
            found |= {"batch" if plan.picking.batch.max_orders != 1 else "single"}
            found |= {"wait for a batch" if plan.picking.batch.min_orders > 1 else "wait for nobody"}
    assert found == {
        *("web", "phone", "file_drop", "on_arrival", "waves", "together", "busy line", "patience", "cross-trained"),
        *(
            "finish",
            "hand_over",
            "fifo",
            "priority",
            "shortest",
            "preemptive",
            "staffed",
            "delay",
            "rework",
            "no check",
        ),
        *("gift", "for all", "split lines", "split all", "per order", "per tour", "1 zones", "2 zones", "3 zones"),
        *("batch", "single", "wait for a batch", "wait for nobody"),
    }
