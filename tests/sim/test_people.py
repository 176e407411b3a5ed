"""Who begins nothing any more: people on their way out."""

from dataclasses import replace

from fulfillsim.domain.staff import Duty, Shift
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import ALL_DAY, bench_world, rows_of, tape_of
from fulfillsim.testing.worlds import days_of

PIECE = ("item", "worker", "queued_s", "started_s", "ended_s")


def pieces(world, tape):
    return rows_of(run(world, tape), "visits", *PIECE)


def test_work_is_not_handed_to_a_colleague_who_leaves_at_the_same_time():
    two = Shift("early", 2, (Duty(0.0, 20.0), Duty(100.0, 1000.0)))
    world = bench_world(days_of(1), ALL_DAY, at_break="hand_over")
    world = replace(world, staff=(replace(world.staff[0], shifts=(two,)),))
    assert pieces(world, tape_of([0.0])) == [(0, 0, 0.0, 0.0, 20.0), (0, 0, 20.0, 100.0, 140.0)]


def test_an_urgent_order_does_not_interrupt_somebody_who_only_finishes_before_going_home():
    early, late = Shift("early", 1, (Duty(0.0, 20.0),)), Shift("late", 1, (Duty(100.0, 1000.0),))
    world = bench_world(days_of(1), ALL_DAY, discipline="preemptive")
    world = replace(world, staff=(replace(world.staff[0], shifts=(early, late)),))
    found = pieces(world, tape_of([0.0, 30.0], priority=[1, 0]))
    assert found == [(0, 0, 0.0, 0.0, 60.0), (1, 1, 30.0, 100.0, 160.0)]


def test_of_two_who_do_less_urgent_work_the_one_who_stays_is_interrupted():
    stays, goes = Shift("day", 1, ALL_DAY), Shift("early", 1, (Duty(0.0, 20.0),))
    world = bench_world(days_of(1), ALL_DAY, discipline="preemptive")
    world = replace(world, staff=(replace(world.staff[0], shifts=(stays, goes)),))
    found = pieces(world, tape_of([0.0, 1.0, 30.0], priority=[1, 1, 0]))
    assert found == [
        (0, 0, 0.0, 0.0, 30.0),
        (1, 1, 1.0, 1.0, 61.0),
        (2, 0, 30.0, 30.0, 90.0),
        (0, 0, 30.0, 90.0, 120.0),
    ]
