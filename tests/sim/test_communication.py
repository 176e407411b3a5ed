"""What customers are told and when they ask, on times worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.communication import Communication, Notification
from fulfillsim.domain.records import ContactEnd, ContactReason, Notice, Scan
from fulfillsim.domain.staff import Duty, Role, Shift, Skill
from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
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
EVERY = tuple(notice.name.lower() for notice in Notice)
ALWAYS = (Duty(0.0, 13 * DAY_S),)


def informing(from_h, notices=(), patience_s=None, packers=ALWAYS, seconds=300.0, **told):
    """Orders placed on Monday are promised for Tuesday and arrive at noon; agents come at hour ``from_h``."""
    patience = None if patience_s is None else make("deterministic", mean=patience_s)
    agents = Station("agents", WorkTime(seconds, ONE), patience=patience)
    world = bench_world(
        DAYS,
        packers,
        processing=promising(DAYS),
        delivery=one_carrier(DAYS, evenings(DAYS), hours=NOON),
        communication=Communication(
            (Notification(notices),), agents, **{"late_contact_prob": 1.0, "delay_s": 0.0, **told}
        ),
    )
    shift = Shift("day", 1, (Duty(from_h * HOUR_S, 13 * DAY_S),))
    return replace(world, staff=(*world.staff, Role("agents", (Skill("agents"),), (shift,))))


def carrying(world, **service):
    """The same world with another carrier service."""
    return replace(world, delivery=replace(world.delivery, services=(replace(world.delivery.services[0], **service),)))


def a_day_late(world):
    return carrying(world, day_offsets=(1,))


def asked(trace):
    """(order, reason, second) of each contact, and (end, second) of each that ended."""
    ends = [(ContactEnd(int(kind)), time_s) for kind, time_s in rows_of(trace, "contact_ends", "kind", "time_s")]
    return rows_of(trace, "contacts", "order", "reason", "time_s"), ends


def told(trace, notice):
    return [time_s for kind, time_s in rows_of(trace, "notices", "kind", "time_s") if kind == notice]


TEN = [10 * HOUR_S]
WEDNESDAY, WEDNESDAY_NOON = 2 * DAY_S, 2 * DAY_S + 12 * HOUR_S
LATE, SILENCE = float(ContactReason.LATE), float(ContactReason.SILENCE)


def test_a_late_customer_asks_and_is_answered_when_agents_come():
    trace = run(a_day_late(informing(from_h=57.0)), tape_of(TEN))
    assert asked(trace) == ([(0.0, LATE, WEDNESDAY)], [(ContactEnd.ANSWERED, 57 * HOUR_S + 300.0)])


def test_who_waits_on_the_line_when_the_parcel_comes_hangs_up():
    trace = run(a_day_late(informing(from_h=64.0)), tape_of(TEN))
    assert asked(trace) == ([(0.0, LATE, WEDNESDAY)], [(ContactEnd.WITHDRAWN, WEDNESDAY_NOON)])
    agents = [s.name for s in trace.stations].index("agents")
    visits = trace.columns("visits")
    rows = visits["station"] == agents
    assert visits["item"][rows].tolist() == [-1]
    assert np.isnan(visits["started_s"][rows]).all()
    assert visits["ended_s"][rows].tolist() == [WEDNESDAY_NOON]


def test_who_is_being_answered_when_the_parcel_comes_is_answered():
    trace = run(a_day_late(informing(from_h=59.99)), tape_of(TEN))
    assert asked(trace)[1] == [(ContactEnd.ANSWERED, 59.99 * HOUR_S + 300.0)]


def test_who_loses_patience_before_the_parcel_comes_hangs_up_for_that():
    trace = run(a_day_late(informing(from_h=64.0, patience_s=HOUR_S)), tape_of(TEN))
    assert asked(trace)[1] == [(ContactEnd.HUNG_UP, WEDNESDAY + HOUR_S)]


def test_who_has_the_parcel_before_asking_does_not_ask():
    assert asked(run(a_day_late(informing(from_h=57.0, delay_s=1e9)), tape_of(TEN))) == ([], [])


def test_customers_of_lost_parcels_are_answered_one_after_the_other():
    trace = run(carrying(informing(from_h=61.0), loss_prob=1.0), tape_of([*TEN, 11 * HOUR_S]))
    assert asked(trace)[1] == [
        (ContactEnd.ANSWERED, 61 * HOUR_S + 300.0),
        (ContactEnd.ANSWERED, 61 * HOUR_S + 600.0),
    ]


def test_an_order_that_has_not_left_is_asked_for_once_and_settled_when_it_arrives():
    """Packers come on Wednesday 15:00; it leaves at 18:00 and arrives on Thursday at noon, before any agent."""
    world = informing(from_h=90.0, packers=(Duty(63 * HOUR_S, 13 * DAY_S),))
    trace = run(world, tape_of(TEN))
    assert asked(trace) == ([(0.0, LATE, WEDNESDAY)], [(ContactEnd.WITHDRAWN, 3 * DAY_S + 12 * HOUR_S)])


def test_an_order_in_two_parcels_is_complete_with_the_second():
    """The rest arrives at the dock on Tuesday 10:00, leaves at 18:00 and is there on Wednesday noon: late."""
    world = informing(from_h=64.0)
    world = replace(world, catalog=catalog_of(2), inventory=stocked([5, 0], "split", DAY_S))
    trace = run(world, tape_of(TEN, [[(0, 1), (1, 4)]]))
    assert trace.columns("parcels")["delivered_s"].tolist() == [DAY_S + 12 * HOUR_S, WEDNESDAY_NOON]
    assert asked(trace) == ([(0.0, LATE, WEDNESDAY)], [(ContactEnd.WITHDRAWN, WEDNESDAY_NOON)])


@pytest.mark.parametrize(("wait_s", "n_notices"), [(None, 2), (6 * HOUR_S, 1)])
def test_parts_that_leave_together_are_told_of_once(wait_s, n_notices):
    """The rest is packed at noon; both leave at 18:00, and the order is complete on Tuesday noon: in time."""
    world = informing(from_h=64.0, notices=("shipped",))
    world = replace(world, catalog=catalog_of(2), inventory=stocked([5, 0], "split", 12 * HOUR_S))
    trace = run(
        replace(world, delivery=replace(world.delivery, consolidate_s=wait_s)), tape_of(TEN, [[(0, 1), (1, 4)]])
    )
    assert trace.columns("parcels")["delivered_s"].tolist() == [DAY_S + 12 * HOUR_S] * 2
    assert len(trace.columns("notices")["order"]) == n_notices
    assert asked(trace) == ([], [])


def test_who_hears_nothing_asks_unless_the_parcel_has_left():
    quiet = {"late_contact_prob": 0.0, "silence_s": 2 * HOUR_S, "silence_contact_prob": 1.0}
    ten_and_half_past_four = tape_of([10 * HOUR_S, 16.5 * HOUR_S])  # both leave at 18:00
    silent = run(informing(from_h=0.0, **quiet), ten_and_half_past_four)
    assert asked(silent)[0] == [(0.0, SILENCE, 12 * HOUR_S), (1.0, SILENCE, 18.5 * HOUR_S)]
    told_so = run(informing(from_h=0.0, notices=("shipped",), **quiet), ten_and_half_past_four)
    assert asked(told_so)[0] == [(0.0, SILENCE, 12 * HOUR_S)]


@pytest.mark.parametrize(
    ("notices", "heard_s"),
    [
        (("shipped", "out_for_delivery"), 18 * HOUR_S),
        (("out_for_delivery",), DAY_S + 11 * HOUR_S),
        ((), DAY_S + 12 * HOUR_S),
    ],
)
def test_who_asks_for_lack_of_news_hangs_up_at_the_first_news(notices, heard_s):
    quiet = {"late_contact_prob": 0.0, "silence_s": 2 * HOUR_S, "silence_contact_prob": 1.0}
    trace = run(informing(from_h=100.0, notices=notices, **quiet), tape_of(TEN))
    assert asked(trace) == ([(0.0, SILENCE, 12 * HOUR_S)], [(ContactEnd.WITHDRAWN, heard_s)])


def test_a_delay_notice_is_news():
    """Nobody packs: at the end of the promised day the notice goes out, and whoever waits for news hangs up."""
    quiet = {"late_contact_prob": 0.0, "silence_s": 2 * HOUR_S, "silence_contact_prob": 1.0}
    world = informing(from_h=200.0, notices=("delay",), packers=(), **quiet)
    assert asked(run(world, tape_of(TEN)))[1] == [(ContactEnd.WITHDRAWN, WEDNESDAY)]


def test_a_wrong_item_is_asked_about_once_and_nothing_settles_it():
    errors = {"late_contact_prob": 0.0, "delay_s": HOUR_S}
    world = informing(from_h=61.0, **errors)
    verification = replace(world.processing.verification, address_share=0.0)
    world = replace(world, processing=replace(world.processing, verification=verification))
    trace = run(world, tape_of([*TEN, 11 * HOUR_S], errors=[1]))
    wrong = float(ContactReason.WRONG_ITEM)
    assert asked(trace) == ([(1.0, wrong, DAY_S + 13 * HOUR_S)], [(ContactEnd.ANSWERED, 61 * HOUR_S + 300.0)])
    assert trace.columns("parcels")["wrong"].tolist() == [0.0, 1.0]


def test_a_wrong_address_surfaces_at_the_first_attempt():
    world = informing(from_h=0.0, notices=EVERY)
    verification = replace(world.processing.verification, address_share=1.0)
    world = replace(world, processing=replace(world.processing, verification=verification))
    trace = run(world, tape_of([*TEN, 11 * HOUR_S], errors=[0]))
    parcels = trace.columns("parcels")
    tuesday_noon = DAY_S + 12 * HOUR_S
    assert parcels["attempted_s"].tolist() == [tuesday_noon, tuesday_noon]
    assert parcels["delivered_s"].tolist() == [WEDNESDAY_NOON, tuesday_noon]
    assert told(trace, Notice.OUT_FOR_DELIVERY) == [tuesday_noon - HOUR_S] * 2 + [WEDNESDAY_NOON - HOUR_S]
    assert told(trace, Notice.ETA_CHANGE) == [tuesday_noon]
    scans = [(Scan(int(kind)), time_s) for parcel, kind, time_s in rows_of(trace, "scans", "parcel", "kind", "time_s")
             if parcel == 0]  # fmt: skip
    assert sorted(scans, key=lambda scan: scan[1]) == [
        (Scan.PICKED_UP, 18 * HOUR_S),
        (Scan.OUT_FOR_DELIVERY, tuesday_noon - HOUR_S),
        (Scan.FAILED_ATTEMPT, tuesday_noon),
        (Scan.OUT_FOR_DELIVERY, WEDNESDAY_NOON - HOUR_S),
        (Scan.DELIVERED, WEDNESDAY_NOON),
    ]


def test_a_parcel_that_is_not_there_on_its_day_moves_the_eta():
    trace = run(a_day_late(informing(from_h=0.0, notices=EVERY)), tape_of(TEN))
    assert told(trace, Notice.ETA_CHANGE) == [WEDNESDAY]
    assert told(trace, Notice.DELIVERED) == [WEDNESDAY_NOON]


def test_a_lost_parcel_is_never_said_to_be_out_for_delivery():
    trace = run(carrying(informing(from_h=0.0, notices=EVERY), loss_prob=1.0), tape_of(TEN))
    assert told(trace, Notice.SHIPPED) == [18 * HOUR_S]
    assert told(trace, Notice.OUT_FOR_DELIVERY) == told(trace, Notice.DELIVERED) == []


def test_a_truck_that_leaves_without_the_parcel_means_a_delay_notice_and_a_missed_departure_an_eta_change():
    world = informing(from_h=0.0, notices=EVERY, packers=(Duty(17 * HOUR_S, 13 * DAY_S),))
    world = replace(world, delivery=one_carrier(DAYS, evenings(DAYS), hours=NOON, capacity=1))
    trace = run(world, tape_of([10 * HOUR_S, 11 * HOUR_S]))
    assert told(trace, Notice.DELAY) == [18 * HOUR_S]
    assert told(trace, Notice.ETA_CHANGE) == [DAY_S + 18 * HOUR_S]


@pytest.fixture(scope="module")
def impatient():
    """A warehouse with too few agents, most of whose late customers ask."""
    world = little_warehouse(0.1, n_window=4, n_warm_up=1)
    line = replace(world.communication.contact, patience=make("exponential", mean=8 * HOUR_S))
    told = replace(
        world.communication, contact=line, late_contact_prob=0.9, noticed_factor=1.0, silence_contact_prob=0.2
    )
    staff = tuple(role for role in world.staff if role.name != "agents")
    agents = next(role for role in world.staff if role.name == "agents")
    late = tuple(replace(shift, headcount=1) for shift in agents.shifts if shift.name == "late")
    return replace(world, communication=told, staff=(*staff, replace(agents, shifts=late)))


def test_every_contact_ends_once_or_is_on_the_line(impatient):
    trace = run(impatient, draw_tape(impatient, 1, 0))
    contacts, ends = trace.columns("contacts")["contact"], trace.columns("contact_ends")
    kinds = ends["kind"]
    assert {int(kind) for kind in kinds} >= {ContactEnd.ANSWERED, ContactEnd.HUNG_UP, ContactEnd.WITHDRAWN}
    assert len(set(ends["contact"].tolist())) == len(ends["contact"])
    assert set(ends["contact"].tolist()) <= set(contacts.tolist())
    visits = trace.columns("visits")
    of_contacts = visits["item"] < 0
    answered = np.isfinite(visits["started_s"][of_contacts])
    assert answered.sum() == (kinds == ContactEnd.ANSWERED).sum()
    gone = np.isin(kinds, [ContactEnd.HUNG_UP, ContactEnd.WITHDRAWN])
    assert (~answered).sum() == gone.sum()


def test_nobody_asks_about_an_order_that_has_arrived(impatient):
    trace = run(impatient, draw_tape(impatient, 1, 0))
    parcels, contacts = trace.columns("parcels"), trace.columns("contacts")
    arrived = np.full(len(trace.tape), np.inf)
    arrived[parcels["order"].astype(int)] = np.where(np.isnan(parcels["delivered_s"]), np.inf, parcels["delivered_s"])
    where = contacts["reason"] != ContactReason.WRONG_ITEM
    rows = contacts["order"][where].astype(int)
    assert (contacts["time_s"][where] <= arrived[rows]).all()
    ends = trace.columns("contact_ends")
    known = dict(zip(contacts["contact"].tolist(), contacts["order"].astype(int).tolist(), strict=True))
    withdrawn = ends["kind"] == ContactEnd.WITHDRAWN
    about = [known[number] for number in ends["contact"][withdrawn].tolist()]
    assert (ends["time_s"][withdrawn] <= arrived[about]).all()


def test_more_agents_change_neither_who_asks_for_lateness_nor_how_long_the_answer_takes(impatient):
    def seconds(world):
        trace = run(world, draw_tape(world, 1, 0))
        contacts = trace.columns("contacts")
        about = dict(zip((-1 - contacts["contact"]).tolist(), contacts["order"].tolist(), strict=True))
        visits = trace.columns("visits")
        rows = (visits["item"] < 0) & np.isfinite(visits["started_s"])
        lengths = visits["ended_s"][rows] - visits["started_s"][rows]
        return {about[item]: length for item, length in zip(visits["item"][rows].tolist(), lengths, strict=True)}

    agents = impatient.staff[-1]
    many = replace(agents, shifts=tuple(replace(shift, headcount=3) for shift in agents.shifts))
    few, more = seconds(impatient), seconds(replace(impatient, staff=(*impatient.staff[:-1], many)))
    both = few.keys() & more.keys()
    assert len(both) > 10
    assert all(abs(few[order] - more[order]) < 1e-6 for order in both)
