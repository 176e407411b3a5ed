"""An order worked on in parts: each part takes the time of its own lines."""

from dataclasses import replace

import numpy as np

from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release
from fulfillsim.domain.staff import Duty, Role, Shift, Skill
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import ALL_DAY, HOUR_S, ONE, bench_world, rows_of, stocked, tape_of
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of

PARTS = WorkTime(10.0, ONE, per_line_s=20.0, per_unit_s=5.0)


def test_a_zone_takes_the_time_of_the_lines_that_lie_there():
    zones = tuple(PickZone(name, Station(name, PARTS)) for name in ("west", "east"))
    catalog = replace(catalog_of(3), zone=np.array([0, 1, 1], np.int16))
    crew = tuple(Role(name, (Skill(name),), (Shift("day", 1, ALL_DAY),)) for name in ("west", "east"))
    plan = Fulfillment(Release(), Picking(zones, Batch()), ())
    world = bench_world(days_of(1), ALL_DAY, catalog=catalog, fulfillment=plan)
    trace = run(replace(world, staff=crew), tape_of([0.0], [[(0, 1), (1, 2), (2, 1)]]))
    west, east = (next(i for i, s in enumerate(trace.stations) if s.name == name) for name in ("west", "east"))
    # 10 + 20 + 5 in the west, 10 + 2 * 20 + 3 * 5 in the east
    assert rows_of(trace, "visits", "station", "ended_s") == [(west, 35.0), (east, 65.0)]


def test_both_parcels_of_a_split_order_take_the_packing_time_of_what_is_in_them():
    plan = Fulfillment(Release(), None, (Step(Station("bench", PARTS)),))
    inventory = stocked([5, 0], "split", lead_s=HOUR_S)
    days = days_of(2)
    world = bench_world(days, (Duty(0.0, 3 * DAY_S),), catalog=catalog_of(2), inventory=inventory, fulfillment=plan)
    visits = rows_of(run(world, tape_of([0.0], [[(0, 1), (1, 4)]])), "visits", "item", "started_s", "ended_s")
    # 10 + 20 + 5 for what is there, 10 + 20 + 4 * 5 for what came an hour later
    assert visits == [(0, 0.0, 35.0), (0, HOUR_S, HOUR_S + 50.0)]


def test_a_batch_timed_as_a_whole_is_picked_anew_in_a_time_of_its_own():
    from fulfillsim.sampling.distributions import make

    zone = PickZone("all", Station("picking", WorkTime(100.0, make("exponential", mean=1.0))))
    check = Step(Station("check", WorkTime(10.0, ONE), staffed=False), "picking", 0.7)
    plan = Fulfillment(Release(), Picking((zone,), Batch(), per="tour"), (check,))
    world = bench_world(days_of(1), ALL_DAY, fulfillment=plan)
    world = replace(world, staff=(replace(world.staff[0], skills=(Skill("picking"),)),))
    trace = run(world, tape_of([1000.0 * number for number in range(8)]))
    seconds = [round(end - begin, 6) for begin, end in rows_of(trace, "visits", "started_s", "ended_s")]
    walked = [s for s in seconds if s != 10.0]
    assert len(walked) > 8
    assert len(set(walked)) == len(walked)
