"""Events of a file: what they change in the plan, and which cannot happen."""

import numpy as np
import pytest

MONDAY_10 = {"from": "2026-03-02T10:00", "until": "2026-03-02T12:00"}
ZERO_H = 7 * 24
"""Clock zero is a week before Monday, 2 March."""


def world_with(small, **event):
    return small({"events.trouble": {**MONDAY_10, **event}}).world()


def test_a_carrier_skips_the_pickups_of_the_time(small):
    world = world_with(small, carrier="parcelco", until="2026-03-03T09:00")
    departures = world.delivery.carriers[0].departures
    assert [d.time_s / 3600 - ZERO_H for d in departures if d.capacity == 0] == [18.0]
    assert all(d.capacity is None for d in world.undisturbed.delivery.carriers[0].departures)
    slower = world_with(small, carrier="parcelco", slower=2).delivery.carriers[0]
    assert [(d.start_s / 3600 - ZERO_H, d.end_s / 3600 - ZERO_H, d.by) for d in slower.delays] == [(10.0, 12.0, 2)]


def test_those_who_do_not_come_are_a_shift_of_their_own_behind_the_others(small):
    (role,) = world_with(small, role="pickers", missing="30 %").staff
    assert [(shift.name, shift.headcount) for shift in role.shifts] == [("day", 3), ("day (trouble)", 2)]
    there, gone = ([d for d in s.duties if ZERO_H * 3600 <= d.start_s < (ZERO_H + 24) * 3600] for s in role.shifts)
    assert [(d.start_s / 3600 - ZERO_H, d.end_s / 3600 - ZERO_H) for d in there] == [(8.0, 18.5)]
    assert [(d.start_s / 3600 - ZERO_H, d.end_s / 3600 - ZERO_H) for d in gone] == [(8.0, 10.0), (12.0, 18.5)]
    assert [len(d.breaks) for d in (*there, *gone)] == [1, 0, 1]


def test_a_surge_multiplies_the_rates_of_its_time_and_leaves_the_others(small):
    world = world_with(small, demand=3, **{"from": "2026-03-02T10:30"})
    surge, usual = (w.demand.channels[0].arrivals for w in (world, world.undisturbed))
    assert len(surge.edges_s) == len(usual.edges_s) + 1  # cut at half past ten
    hours = surge.edges_s[:-1] / 3600 - ZERO_H
    inside = (hours >= 10.5) & (hours < 12)
    assert surge.expected[inside].sum() == pytest.approx(3 * 1.5 * 10)
    assert surge.expected[~inside].sum() == pytest.approx(usual.expected.sum() - 1.5 * 10)


def test_a_supplier_and_stations_know_their_time(small):
    (supplier,) = world_with(small, supplier="acme", late="3 days").inventory.suppliers
    assert [delay.by for delay in supplier.delays] == [3 * 86_400.0]
    (event,) = world_with(small, stations={"packing": True}).events
    assert (event.closes, event.end_s - event.start_s) == (frozenset({"packing"}), 7200.0)


def test_without_events_there_is_nothing_of_them(small):
    world = small().world()
    assert (world.events, world.undisturbed) == ((), None)
    assert np.all([not carrier.delays for carrier in world.delivery.carriers])


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({}, "events.trouble: says nothing that happens"),
        ({"carrier": "parcelco", "demand": 2}, "has carrier and demand: an event is of one kind"),
        ({"carrier": "parcelko"}, "did you mean parcelco?"),
        ({"role": "packers", "missing": "30 %"}, "names the role packers, which is not there"),
        ({"role": "pickers"}, "events.trouble.missing: is missing"),
        ({"supplier": "acme"}, "events.trouble.late: is missing"),
        ({"supplier": "ace", "late": "2 days"}, "did you mean acme?"),
        ({"stations": {"pakcing": True}}, "did you mean packing?"),
        ({"demand": 2, "slower": 1}, "events.trouble.slower: has a meaning with carrier only"),
        ({"demand": 2, "channel": "wep"}, "did you mean web?"),
        ({"demand": 2, "until": "2026-03-02T09:00"}, "events.trouble.until: must come after `from`"),
        ({"demand": 2, "from": "2026-02-02", "until": "2026-02-03"}, "lies outside the run"),
        ({"demand": 2, "from": "noon"}, "events.trouble.from: must be a date"),
    ],
)
def test_events_that_cannot_happen_are_refused(faults, event, told):
    lines = faults({"events.trouble": {**MONDAY_10, **event}})
    assert any(told in line for line in lines), lines


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ({"bound": ">= 98"}, 'write ">= 98 %"'),
        ({"bound": ">= 98 %", "per": "month"}, "per"),
        ({"bound": ">= 98 %", "where": {"carrier": "parcelko"}}, "did you mean parcelco?"),
        ({"bound": ">= 98 %", "where": {"colour": "red"}}, "names the cut colour"),
        ({"bound": ">= 98 %", "kpi": "on_time_shipmnt"}, "targets.on_time_shipment.kpi: names the KPI"),
        ({"bound": "<= 9", "kpi": "wip", "where": {"zone": "near"}}, "cannot cut wip"),
    ],
)
def test_targets_that_cannot_be_judged_are_refused(faults, target, told):
    lines = faults({"targets": {"on_time_shipment": target}})
    assert any(told in line for line in lines), lines


def test_a_week_needs_seven_days(faults):
    changes = {"days": 5, "targets": {"on_time_shipment": {"bound": ">= 98 %", "per": "week"}}}
    assert any("is week, the window has 5 days only" in line for line in faults(changes))


def test_a_target_keeps_what_it_says(small):
    targets = {"late days": {"kpi": "on_time_shipment", "bound": ">= 98 %", "per": "day", "share": "95 %"}}
    (target,) = small({"targets": targets}).world().targets
    assert (target.kpi, target.value, target.per, target.share, target.name) == (
        "on_time_shipment", 0.98, "day", 0.95, "late days",
    )  # fmt: skip
    (plain,) = small({"targets": {"otif": "<= 2 %"}}).world().targets
    assert (plain.is_plain, plain.sense, plain.value) == (True, "<=", 0.02)
