"""The engine's flow: against plain SimPy, and what must hold whatever the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.staff import Duty, Role, Shift, Skill
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape
from fulfillsim.testing.plain_simpy import run_plain
from fulfillsim.testing.worlds import network, shift_tandem, with_break


def times_of(trace, n_orders):
    """Begin and end of work by order and step, as the reference gives them."""
    visits = trace.columns("visits")
    place = np.array(
        [int(station.name.removeprefix("stage").removeprefix("station")) - 1 for station in trace.stations]
    )
    times = np.full((n_orders, len(place), 2), np.nan)
    order, step = visits["item"].astype(int), place[visits["station"].astype(int)]
    times[order, step, 0], times[order, step, 1] = visits["started_s"], visits["ended_s"]
    return times


def finished(times):
    times = times.copy()
    times[np.isnan(times[:, :, 1])] = np.nan
    return times


def assert_same_as_plain(world, seed=1):
    tape = draw_tape(world, seed, 0)
    ours = times_of(run(world, tape), len(tape))
    np.testing.assert_allclose(ours, finished(run_plain(world, tape)), rtol=0, atol=1e-7)
    assert np.isfinite(ours).any()


def small_tandem(servers=(3, 5, 4)):
    return shift_tandem(1, servers=servers, per_hour=240.0)


def test_a_tandem_with_three_shifts_has_the_time_stamps_of_plain_simpy():
    assert_same_as_plain(small_tandem())


def test_breaks_that_let_work_be_finished_have_the_time_stamps_of_plain_simpy():
    assert_same_as_plain(with_break(small_tandem(), 3 * 3600.0, 3.5 * 3600.0, "finish"))


@pytest.mark.parametrize("seed", range(20))
def test_random_tandems_have_the_time_stamps_of_plain_simpy(seed):
    rng = np.random.default_rng(seed)
    stations = [(float(rng.uniform(20, 200)), int(rng.integers(1, 6))) for _ in range(rng.integers(1, 5))]
    load = float(rng.uniform(0.3, 1.1))
    world = network(3600 * load * min(c / s for s, c in stations), stations, 1, make("gamma", mean=1.0, cv=0.7))
    staff = []
    for role in world.staff:
        begin = float(rng.integers(0, 6)) * 3600.0
        duties = tuple(Duty(begin + k * 21_600.0, begin + k * 21_600.0 + 14_400.0) for k in range(3))
        more = Shift("more", int(rng.integers(1, 4)), duties)
        staff.append(replace(role, shifts=(*role.shifts, more)))
    assert_same_as_plain(replace(world, staff=tuple(staff)), seed)


def test_an_unused_role_changes_nothing():
    world = small_tandem()
    tape = draw_tape(world, 1, 0)
    idle = Role("idle", (Skill("nowhere"),), (Shift("early", 5, (Duty(0.0, 3600.0),)),))
    one = run(world, tape).columns("visits")
    other = run(replace(world, staff=(*world.staff, idle)), tape).columns("visits")
    assert all(np.array_equal(one[column], other[column]) for column in one)


def test_workers_of_a_replication_never_do_two_things_at_once():
    world = with_break(small_tandem(), 3 * 3600.0, 3.5 * 3600.0, "hand_over")
    visits = run(world, draw_tape(world, 1, 0)).columns("visits")
    order = np.lexsort((visits["started_s"], visits["worker"]))
    worker, started, ended = (visits[c][order] for c in ("worker", "started_s", "ended_s"))
    same = worker[1:] == worker[:-1]
    assert (started[1:][same] >= ended[:-1][same]).all()
