"""Whom a policy warns, and when, on times worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.communication import Communication, Notification
from fulfillsim.domain.records import ContactReason, Notice
from fulfillsim.domain.staff import Duty
from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.sim import Trace, run
from fulfillsim.sim.book import Book
from fulfillsim.sim.carriers import Carriers
from fulfillsim.sim.cartons import packing_of
from fulfillsim.sim.foresight import chance_by
from fulfillsim.sim.progress import ENOUGH
from fulfillsim.sim.transit import Transit
from fulfillsim.tape import draw_tape
from fulfillsim.testing.by_hand import (
    HOUR_S,
    ONE,
    bench_world,
    evenings,
    one_carrier,
    promising,
    rows_of,
    stocked,
    tape_of,
)
from fulfillsim.testing.warehouse import little_warehouse
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of

DAYS = days_of(7, n_drain=7)
NOON = (12.0, 12.0)
ALWAYS = (Duty(0.0, 13 * DAY_S),)
HOURLY = tuple(HOUR_S * n for n in range(1, 24 * 14))
MONDAY_EVENING, TUESDAY = 18 * HOUR_S, DAY_S
TEN = [10 * HOUR_S]
EVERY = tuple(notice.name.lower() for notice in Notice)


def telling(*rules, people=ALWAYS, seconds=60.0, service=None, looks=HOURLY, **told):
    """Orders of Monday are promised for Tuesday, by the law of one carrier service that delivers at noon."""
    return bench_world(
        DAYS,
        people,
        seconds,
        processing=promising(DAYS),
        delivery=one_carrier(DAYS, evenings(DAYS), hours=NOON, **(service or {})),
        communication=Communication(rules, look_times_s=looks, **told),
    )


def proactive(late_chance, *notices):
    return Notification(notices, "proactive", late_chance)


def warnings(trace):
    rows = rows_of(trace, "notices", "order", "kind", "time_s")
    return [(int(order), time_s) for order, kind, time_s in rows if kind == Notice.DELAY]


SEED = 1
TWO_IN_FIVE = {"day_offsets": (0, 1), "day_probs": (0.6, 0.4)}


@pytest.mark.parametrize(("bound", "said"), [(0.39, [(0, MONDAY_EVENING)]), (0.41, [])])
def test_who_is_on_the_truck_is_warned_if_the_transit_law_makes_lateness_likely_enough(bound, said):
    """Four in ten parcels are a day late; this one is not, so no fact will follow. It is known from 10:00 on."""
    world = telling(proactive(bound), service=TWO_IN_FIVE, looks=())
    trace = run(world, tape_of(TEN, seed=SEED))
    assert trace.columns("parcels")["delivered_s"].tolist() == [DAY_S + 12 * HOUR_S]
    assert warnings(trace) == said


def test_a_look_finds_the_same_before_the_truck_has_left():
    trace = run(telling(proactive(0.39), service=TWO_IN_FIVE), tape_of([10 * HOUR_S + 1.0], seed=SEED))
    assert warnings(trace) == [(0, 11 * HOUR_S)]


def test_failed_attempts_and_losses_count_as_late():
    at_risk = {"failed_attempt_prob": 0.2, "loss_prob": 0.1}  # in time: 0.9 * 0.8 = 0.72
    assert warnings(run(telling(proactive(0.27), service=at_risk), tape_of(TEN))) == [(0, 10 * HOUR_S)]
    quiet = run(telling(proactive(0.29), service=at_risk, looks=(11 * HOUR_S,)), tape_of(TEN))
    assert warnings(quiet) in ([], [(0, DAY_S + 11 * HOUR_S)], [(0, DAY_S + 12 * HOUR_S)])  # what tracking shows


def test_before_there_is_experience_an_order_goes_by_plan_until_it_has_missed_its_departure():
    """Nobody packs: at 17:00 the plan still stands, at 18:00 the truck has left and the next is too late."""
    assert warnings(run(telling(proactive(0.5), people=()), tape_of(TEN))) == [(0, MONDAY_EVENING)]


def test_milestones_tell_the_same_delay_when_it_is_a_fact():
    trace = run(telling(Notification(("delay",)), people=()), tape_of(TEN))
    assert warnings(trace) == [(0, 2 * DAY_S)]


def test_with_experience_an_order_is_warned_when_what_is_left_of_the_day_is_too_short():
    """Packing takes an hour, one after the other; on Monday 20 orders come at midnight and teach 1, 2 ... 20 hours.

    On Tuesday one order comes at 13:30, before which none waits. Of 20 orders, 4 were at the dock within 4.5 hours, so
    the chance to miss the truck at 18:00 is 16/20 = 80 % at 13:30. At 14:00 it has stood for half an hour, and nobody
    was quicker than that: 16/20. It is being packed, and will be in time.
    """
    tape = tape_of([0.0] * ENOUGH + [DAY_S + 13.5 * HOUR_S])
    for bound, said in ((0.79, [(ENOUGH, DAY_S + 14 * HOUR_S)]), (0.81, [])):
        world = telling(proactive(bound), seconds=HOUR_S, looks=tuple(DAY_S + h * HOUR_S for h in (13, 14, 14.4)))
        trace = run(world, tape)
        assert [row for row in warnings(trace) if row[0] == ENOUGH] == said


def test_the_longer_an_order_has_stood_the_less_its_chance():
    law = np.arange(1.0, 11.0)
    by = np.array([6.0])
    fresh, stood = chance_by(law, np.array([2.0]), 2.0, by)[0, 0], chance_by(law, np.array([0.0]), 2.0, by)[0, 0]
    assert (fresh, stood) == (0.4, 0.5)  # of 10, 4 take up to 4; of the 8 that take more than 2, 4 take up to 6


def test_nights_are_no_time():
    """An order of Monday evening that stands through the night has not stood at all."""
    shifts = tuple(Duty(day * DAY_S + 8 * HOUR_S, day * DAY_S + 16 * HOUR_S) for day in range(13))
    looks = tuple(DAY_S + hour * HOUR_S for hour in (1, 4, 7, 7.9))
    teach = [8 * HOUR_S - 600.0 * n for n in range(ENOUGH)]  # packed from 8:00 on, a minute each
    trace = run(telling(proactive(0.1), people=shifts, looks=looks), tape_of([*sorted(teach), 20 * HOUR_S]))
    assert warnings(trace) == []


def test_a_parcel_that_is_not_on_the_van_an_hour_before_the_door_closes_is_late_for_certain():
    late = {"day_offsets": (1,), "day_probs": (1.0,)}
    world = telling(proactive(1.0), service=late)
    world = replace(world, delivery=replace(world.delivery, carriers=(
        replace(world.delivery.carriers[0], delivery_until_s=18 * HOUR_S),)))  # fmt: skip
    assert warnings(run(world, tape_of(TEN))) == [(0, TUESDAY + 17 * HOUR_S)]


def test_who_finds_nobody_on_the_promised_day_comes_late_for_certain():
    world = telling(proactive(1.0), service={"failed_attempt_prob": 1.0})
    assert warnings(run(world, tape_of(TEN))) == [(0, TUESDAY + 12 * HOUR_S)]


def test_silence_sends_nothing_whatever_is_listed():
    trace = run(telling(Notification(EVERY, "silent"), people=()), tape_of(TEN))
    assert len(trace.columns("notices")["order"]) == 0


def test_nobody_is_warned_twice_and_a_warning_lets_some_not_ask():
    calls = {"contact": Station("line", WorkTime(60.0, ONE), staffed=False), "late_contact_prob": 1.0, "delay_s": 0.0}
    world = telling(proactive(0.3, "delay"), people=(), noticed_factor=0.0, **calls)
    trace = run(world, tape_of(TEN))
    assert warnings(trace) == [(0, MONDAY_EVENING)]
    assert len(trace.columns("contacts")["order"]) == 0
    unwarned = replace(world, communication=replace(world.communication, rules=(Notification(),)))
    assert len(run(unwarned, tape_of(TEN)).columns("contacts")["order"]) == 1


def test_each_client_has_rules_of_its_own():
    world = telling(proactive(0.5), Notification(("confirmation",)), people=())
    twice = replace(world.processing, promises=world.processing.promises * 2)
    world = replace(world, demand=replace(world.demand, clients=("a", "b")), processing=twice)
    trace = run(world, tape_of([*TEN, 11 * HOUR_S], client=[0, 1]))
    assert rows_of(trace, "notices", "order", "kind", "time_s") == [
        (1.0, float(Notice.CONFIRMATION), 11 * HOUR_S),
        (0.0, float(Notice.DELAY), MONDAY_EVENING),
    ]


def test_the_rest_of_a_split_order_is_what_is_late():
    """Four units come on Wednesday: the first parcel is on time, the order is not, which is known by 18:00."""
    world = telling(proactive(0.5))
    world = replace(world, catalog=catalog_of(2), inventory=stocked([5, 0], "split", 2.5 * DAY_S))
    trace = run(world, tape_of(TEN, [[(0, 1), (1, 4)]]))
    assert warnings(trace) == [(0, MONDAY_EVENING)]


def asks(later, u_seed=1, **service):
    calls = {"contact": Station("line", WorkTime(60.0, ONE), staffed=False), "delay_s": 0.0}
    world = telling(Notification(), service=service, late_contact_prob=0.0, later_contact_prob=later, **calls)
    trace = run(world, tape_of([10 * HOUR_S + 60.0 * n for n in range(241)], seed=u_seed))
    return [t for reason, t in rows_of(trace, "contacts", "reason", "time_s") if reason == ContactReason.LATE]


def test_customers_who_bore_the_first_day_may_ask_on_a_later_one():
    """Parcels four working days late: Monday's promise for Tuesday is kept on Monday noon, six days later.

    Of 241 orders placed by the cutoff, none asks on the first day, and a fifth of those left on each further one.
    """
    times = asks(0.2, day_offsets=(4,), day_probs=(1.0,))
    days = np.bincount([round(t / DAY_S) for t in times if t < 8 * DAY_S], minlength=8)
    assert days[:3].tolist() == [0, 0, 0]
    left = 241
    for n in days[3:7].tolist():
        assert abs(n - 0.2 * left) < 4 * np.sqrt(0.16 * left)
        left -= n


def test_who_has_the_parcel_within_a_day_never_asks_later():
    assert asks(1.0, day_offsets=(1,), day_probs=(1.0,)) == []


@pytest.fixture(scope="module")
def busy():
    """A warehouse with a tenth of the orders and rather few packers."""
    world = little_warehouse(0.1, n_window=4, n_warm_up=3)
    return world, draw_tape(world, 1, 0)


def with_policy(world, *rules):
    looks = tuple(HOUR_S * n for n in range(1, 24 * 30))
    return replace(world, communication=replace(world.communication, rules=rules, look_times_s=looks))


def test_looking_ahead_without_warning_changes_no_other_fact(busy):
    world, tape = busy
    plain = run(with_policy(world, Notification(("shipped", "delay"))), tape)
    watched = run(with_policy(world, Notification(("shipped", "delay"), "proactive", 1.0)), tape)
    for table in ("visits", "milestones", "parcels", "promises"):
        for column, values in plain.columns(table).items():
            if table != "visits":
                assert np.array_equal(values, watched.columns(table)[column], equal_nan=True)


def test_a_warning_moves_neither_promise_nor_due_departure_nor_parcel():
    tape = tape_of([10 * HOUR_S + 60.0 * n for n in range(50)])
    warned = run(telling(proactive(0.1), service=TWO_IN_FIVE), tape)
    silent = run(telling(Notification((), "silent"), service=TWO_IN_FIVE), tape)
    assert len(warnings(warned)) == 50
    for table in ("promises", "parcels", "visits"):
        for column, values in silent.columns(table).items():
            assert np.array_equal(values, warned.columns(table)[column], equal_nan=True)


def test_a_lower_bound_warns_more_customers_and_earlier(busy):
    world, tape = busy
    first = {}
    for bound in (0.6, 0.3, 0.1):
        trace = run(with_policy(world, proactive(bound)), tape)
        said = dict(warnings(trace))
        if first:
            assert first.keys() <= said.keys()
            assert all(said[row] <= first[row] for row in first)
        first = said
    assert len(first) > 20


@pytest.mark.statistical
def test_the_chance_of_a_late_parcel_is_the_share_that_is_late():
    """1,500 parcels with failed attempts and losses: within four standard errors, one false alarm in 16,000."""
    law = {"day_offsets": (-1, 0, 1), "day_probs": (0.1, 0.7, 0.2), "failed_attempt_prob": 0.15, "loss_prob": 0.03}
    world = telling(Notification(), seconds=1.0, service={**law, "quoted_days": (2,)})
    tape = tape_of([HOUR_S + 10.0 * n for n in range(1500)], seed=5)
    trace = run(world, tape)
    transit = Transit(Carriers(world, Book(world, tape, Trace(tape)), packing_of(world, tape)))
    delivered = trace.columns("parcels")["delivered_s"]
    for day in (1, 2, 3, 4):
        prob = transit.chance(0, 0, MONDAY_EVENING, day)
        share = float((delivered < (day + 1) * DAY_S).mean())
        assert abs(share - prob) < 4 * np.sqrt(prob * (1 - prob) / 1500)
