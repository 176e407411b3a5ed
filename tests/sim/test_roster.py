"""Who comes, how quick they are, how long they stay: times and hours worked out on paper."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.fulfillment import Batch, Fulfillment, PickErrors, Picking, PickZone, Release
from fulfillsim.domain.records import Milestone, WorkerState
from fulfillsim.domain.staff import (
    Absence,
    Agency,
    Break,
    Duty,
    Learning,
    Role,
    Shift,
    ShiftEnd,
    Skill,
)
from fulfillsim.domain.work import Condition, Station, Step, WorkTime
from fulfillsim.kpi import compute
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.paid_time import account_for
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import ALL_DAY, HOUR_S, ONE, bench_world, rows_of, tape_of, times_of
from fulfillsim.testing.worlds import DAY_S, days_of

WEEK = tuple(Duty(day * DAY_S + 8 * HOUR_S, day * DAY_S + 16 * HOUR_S) for day in range(5))


def with_role(world, shift=None, **changes):
    role = replace(world.staff[0], **changes)
    if shift is not None:
        role = replace(role, shifts=(shift,))
    return replace(world, staff=(role,))


def bench(duties=ALL_DAY, heads=1, n_days=1, seconds=60.0, **changes):
    return with_role(bench_world(days_of(n_days), duties, seconds, heads=heads), **changes)


def states(trace, state):
    return [row[1:] for row in rows_of(trace, "duty", "state", "worker", "start_s", "end_s") if row[0] == state]


def pieces(trace):
    return rows_of(trace, "visits", "item", "worker", "started_s", "ended_s")


# --- absence ------------------------------------------------------------------------------------------------------


def away(trace):
    """(worker, day) of those who did not come."""
    return {(worker, int(start_s // DAY_S)) for worker, start_s, _ in states(trace, WorkerState.ABSENT)}


def test_hiring_two_leaves_the_absence_of_the_others_as_it_was():
    few = away(run(bench(WEEK, 10, 5, absence=Absence(0.3)), tape_of([0.0])))
    more = away(run(bench(WEEK, 12, 5, absence=Absence(0.3)), tape_of([0.0])))
    assert 5 < len(few) < 25
    assert {pair for pair in more if pair[0] < 10} == few


def test_a_shared_part_makes_whole_days_bad_and_leaves_the_chance_of_each_as_it_is():
    long = tuple(Duty(day * DAY_S + 8 * HOUR_S, day * DAY_S + 16 * HOUR_S) for day in range(200))
    spread, mean = [], []
    for correlation in (0.0, 0.5):
        gone = away(run(bench(long, 20, 200, absence=Absence(0.2, correlation)), tape_of([0.0])))
        per_day = np.bincount([day for _, day in gone], minlength=200)
        spread.append(per_day.var())
        mean.append(per_day.mean() / 20)
    # binomial variance 3.2; with correlation 0.5 of the normals behind it about ten times as much
    assert spread[0] == pytest.approx(3.2, rel=0.4)
    assert spread[1] > 4 * spread[0]
    assert mean == pytest.approx([0.2, 0.2], abs=0.06)


@pytest.mark.parametrize(("is_paid", "hours"), [(True, 8.0), (False, 0.0)])
def test_absence_is_paid_or_not(is_paid, hours):
    world = bench(WEEK[:1], absence=Absence(0.999999, paid=is_paid))
    values = {value.name: value.value for value in compute(world, run(world, tape_of([0.0])))}
    assert (values["paid_hours.crew"], values["absence_hours.crew"]) == (hours, hours)


# --- learning -----------------------------------------------------------------------------------------------------


def test_new_people_work_at_a_part_of_the_speed_and_get_quicker_day_by_day():
    duties = tuple(Duty(day * DAY_S, day * DAY_S + 8 * HOUR_S) for day in range(5))
    world = bench(duties, n_days=5, learning=Learning(0.5, 2 * DAY_S))
    trace = run(world, tape_of([day * DAY_S + 10.0 for day in range(4)]))
    assert [round(end - start, 6) for _, _, start, end in pieces(trace)] == [120.0, 80.0, 60.0, 60.0]


def test_tenure_and_speed_belong_to_the_person():
    learning = Learning(0.5, 20 * DAY_S, tenure=make("uniform", low=0.0, high=20 * DAY_S))
    world = bench(heads=4, learning=learning, spread_cv=0.2)
    seconds = [end - start for _, _, start, end in sorted(pieces(run(world, tape_of([0.0] * 4))))]
    assert len(set(seconds)) == 4
    more = with_role(world, replace(world.staff[0].shifts[0], headcount=6))
    assert [end - start for *_, start, end in sorted(pieces(run(more, tape_of([0.0] * 4))))] == seconds


def test_new_people_make_more_errors():
    zone = PickZone("picking", Station("picking", WorkTime(1.0, ONE)))
    plan = Fulfillment(Release(), Picking((zone,), errors=PickErrors(0.05), batch=Batch()), ())
    counts = []
    for start_errors in (1.0, 8.0):
        role = Role("crew", (Skill("picking"),), (Shift("day", 1, ALL_DAY),), learning=Learning(1.0, 9e9, start_errors))
        world = replace(bench_world(days_of(1), ALL_DAY, fulfillment=plan), staff=(role,))
        trace = run(world, tape_of([10.0 * i for i in range(1000)]))
        counts.append(len([row for row in rows_of(trace, "milestones", "kind") if row[0] == Milestone.MISPICKED]))
    # binomial, n = 1000: four standard errors are 28 and 62
    assert counts == [pytest.approx(50, abs=28), pytest.approx(400, abs=62)]


# --- agencies -----------------------------------------------------------------------------------------------------


def agency_world(orders_per_head, notice_s=HOUR_S, learning=None):
    """Nobody but an agency with at most three people, at eight o'clock."""
    shift = Shift("help", 3, WEEK[:1], Agency(30.0, notice_s, orders_per_head), learning)
    return with_role(bench_world(days_of(1), ALL_DAY, 600.0), shift)


def test_people_of_an_agency_come_for_the_orders_that_wait_when_the_notice_runs():
    tape = tape_of([6 * HOUR_S, 6.5 * HOUR_S, 7.5 * HOUR_S])  # the third comes when the call has been made
    trace = run(agency_world(1.0), tape)
    assert len(states(trace, WorkerState.ON)) == 2
    values = {value.name: value.value for value in compute(agency_world(1.0), trace)}
    assert values["paid_hours.crew"] == 16.0
    assert values["cost.labor"] == 16 * 30.0


def test_nobody_is_called_without_work_and_never_more_than_there_are():
    assert states(run(agency_world(1.0), tape_of([9 * HOUR_S])), WorkerState.ON) == []
    assert len(states(run(agency_world(1.0), tape_of([HOUR_S] * 9)), WorkerState.ON)) == 3
    assert len(states(run(agency_world(100.0), tape_of([HOUR_S] * 9)), WorkerState.ON)) == 1


def test_people_of_an_agency_begin_slowly():
    trace = run(agency_world(1.0, learning=Learning(0.5, 28 * DAY_S)), tape_of([6 * HOUR_S]))
    assert times_of(trace, Milestone.LEFT) == {0: 8 * HOUR_S + 1200.0}


# --- longer and shorter days --------------------------------------------------------------------------------------


def test_people_stay_while_orders_due_today_are_open_and_at_most_so_long():
    world = bench(WEEK[:1], seconds=HOUR_S, shift_end=ShiftEnd(2 * HOUR_S))
    assert max(times_of(run(world, tape_of([8 * HOUR_S] * 9)), Milestone.LEFT).values()) == 17 * HOUR_S
    trace = run(world, tape_of([8 * HOUR_S] * 20))
    assert states(trace, WorkerState.OVERTIME) == [(0, 16 * HOUR_S, 18 * HOUR_S)]
    assert states(trace, WorkerState.LEAVING) == [(0, 18 * HOUR_S, 19 * HOUR_S)]  # what was begun at six is finished
    values = {value.name: value.value for value in compute(world, trace)}
    assert (values["overtime_hours"], values["paid_hours.crew"], values["utilization.crew"]) == (3.0, 11.0, 1.0)


def test_people_go_on_time_when_all_is_done():
    world = bench(WEEK[:1], seconds=HOUR_S, shift_end=ShiftEnd(2 * HOUR_S))
    assert states(run(world, tape_of([8 * HOUR_S] * 7)), WorkerState.OVERTIME) == []


def test_idle_people_go_home_when_nothing_is_left_and_are_paid_until_then():
    world = bench(WEEK[:1], seconds=HOUR_S, heads=2, shift_end=ShiftEnd(0.0, 4 * HOUR_S))
    trace = run(world, tape_of([8 * HOUR_S] * 9))  # worked off at 13:00 by one of the two, at 12:00 by the other
    assert sorted(states(trace, WorkerState.SENT_HOME)) == [
        (0, 13 * HOUR_S, 16 * HOUR_S),
        (1, 13 * HOUR_S, 16 * HOUR_S),
    ]
    values = {value.name: value.value for value in compute(world, trace)}
    assert (values["paid_hours.crew"], values["idle_hours.crew"]) == (10.0, 1.0)


# --- who does what ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "sequence"),
    [
        ("preference", ["a", "a", "b", "b", "b"]),
        ("longest_queue", ["a", "b", "b", "a", "b"]),
        ("longest_wait", ["a", "b", "a", "b", "b"]),
        ("home_first", ["a", "a", "b", "b", "b"]),
    ],
)
def test_people_with_two_skills_go_where_the_rule_says(rule, sequence):
    steps = (
        Step(Station("a", WorkTime(100.0, ONE)), only=Condition(units=(1, 1))),
        Step(Station("b", WorkTime(100.0, ONE)), only=Condition(units=(2, 2))),
    )
    role = Role("crew", (Skill("a", 1), Skill("b", 2)), (Shift("day", 1, ALL_DAY),), assignment=rule)
    world = replace(bench_world(days_of(1), ALL_DAY, fulfillment=Fulfillment(Release(), None, steps)), staff=(role,))
    # at 100 s one waits at a since 30 s, three at b since 10 s, 40 s and 50 s
    tape = tape_of([0.0, 10.0, 30.0, 40.0, 50.0], [[(0, units)] for units in (1, 2, 1, 2, 2)])
    trace = run(world, tape)
    assert [trace.stations[row[0]].name for row in rows_of(trace, "visits", "station")] == sequence


def test_somebody_without_work_at_home_helps_where_most_wait():
    names = ("home", "near", "far")
    steps = tuple(Step(Station(n, WorkTime(100.0, ONE)), only=Condition(units=(u, u))) for u, n in enumerate(names, 1))
    skills = tuple(Skill(name, rank) for rank, name in enumerate(names, 1))
    role = Role("crew", skills, (Shift("day", 1, ALL_DAY),), assignment="home_first")
    world = replace(bench_world(days_of(1), ALL_DAY, fulfillment=Fulfillment(Release(), None, steps)), staff=(role,))
    # at 100 s one waits nearby, two far away; at 200 s somebody has come home
    tape = tape_of([0.0, 10.0, 20.0, 30.0, 150.0], [[(0, units)] for units in (1, 2, 3, 3, 1)])
    trace = run(world, tape)
    told = [trace.stations[row[0]].name for row in rows_of(trace, "visits", "station")]
    assert told == ["home", "far", "home", "near", "far"]


def test_fewer_people_come_where_the_roster_says_so():
    duties = (replace(WEEK[0], heads=1), replace(WEEK[1], heads=3))
    trace = run(bench(duties, 3, 2), tape_of([0.0]))
    assert [int(start_s // DAY_S) for _, start_s, _ in states(trace, WorkerState.ON)] == [0, 1, 1, 1]


# --- the account --------------------------------------------------------------------------------------------------


def test_rostered_paid_time_is_work_idling_indirect_work_breaks_and_absence():
    duty = Duty(8 * HOUR_S, 16 * HOUR_S, (Break(10 * HOUR_S, 10.5 * HOUR_S), Break(12 * HOUR_S, 13 * HOUR_S, False)))
    world = bench((duty,), seconds=HOUR_S, indirect_share=0.2)
    trace = run(world, tape_of([8 * HOUR_S, 9.5 * HOUR_S, 15.5 * HOUR_S]))
    # 1.25 h each: 8:00-9:15; 9:30-10:45 into the break; 15:30-16:45 into the evening
    account = account_for(Facts(world, trace))
    hours = {name: getattr(account, name)[0] / HOUR_S for name in account.__dataclass_fields__}
    assert hours["rostered"] == pytest.approx(7.0)
    assert hours["overtime"] == pytest.approx(0.75)
    assert hours["breaks"] == pytest.approx(0.0)  # the pause went by before the work was done
    assert hours["direct"] == pytest.approx(0.8 * (1.25 + 1.25 + 0.5))
    assert hours["idle"] == pytest.approx(0.8 * (7.0 - 3.0))
    assert hours["indirect"] == pytest.approx(0.2 * 7.0)
    parts = ("direct", "idle", "indirect", "breaks", "absence")
    assert sum(hours[part] for part in parts) == pytest.approx(hours["rostered"])
