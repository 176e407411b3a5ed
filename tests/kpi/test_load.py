"""Hours of work against rostered hours: by hand on a bench, and against the simulation where nobody waits long."""

import json

import pytest
from typer.testing import CliRunner

import fulfillsim as fs
from fulfillsim.cli.app import app
from fulfillsim.scenario import scenario_from

BENCH = {
    "schema": 1,
    "name": "bench",
    "start": "2026-03-02",
    "days": 2,
    "begin": "empty",
    "demand": {"channels": {"web": {"orders_per_day": 240, "hours": {"08-12": 1}}}},
    "staff": {"packers": {"skills": {"packing": 1}, "shifts": {"day": {"hours": "08:00-16:00", "headcount": 1}}}},
    "fulfillment": {"steps": {"packing": {"time": "1 min"}}},
}


def bench(**changes):
    return scenario_from(BENCH).vary({name.replace("__", "."): value for name, value in changes.items()})


def test_work_is_orders_times_their_time_and_hours_are_what_is_left_of_a_shift():
    shift = {"hours": "08:00-16:00", "headcount": 2, "breaks": {"lunch": "12:00-12:30"}}
    plan = {"skills": {"packing": 1}, "shifts": {"day": shift}, "indirect": "10 %", "absence": "20 %"}
    first, second = bench(staff__packers=plan).workload().days
    assert first.work_h == pytest.approx(4.0)  # 240 orders of a minute
    assert first.productive_h == pytest.approx(2 * 7.5 * 0.9 * 0.8)
    assert first.load == pytest.approx(4.0 / 10.8)
    assert (first.day, second.day, second.carried_h) == ("2026-03-02", "2026-03-03", pytest.approx(0.0))


def test_what_is_not_done_is_carried_into_the_next_day():
    first, second = bench(demand__channels__web__orders_per_day=600).workload().days
    assert first.work_h == pytest.approx(10.0)
    assert first.done_h == pytest.approx(8.0)
    assert second.carried_h == pytest.approx(2.0)
    assert second.load == pytest.approx(12.0 / 8.0)


def test_work_without_promises_never_falls_due_and_with_them_tips_over_at_the_departure():
    changes = {
        "services": {"standard": {"cutoff": "12:00"}},
        "processing": {"clock_start": "placed"},
        "delivery": {"carriers": {"van": {"close_out": "0 min", "pickups": {"noon": "14:00"},
                                          "services": {"ground": {"transit": 1}}}}},
        "demand.channels.web.orders_per_day": 480,
    }  # fmt: skip
    assert bench(demand__channels__web__orders_per_day=480).workload().tip is None
    tip = scenario_from(BENCH).vary(changes).workload().tip
    assert (tip.station, tip.role, tip.hour_s / 3600.0) == ("packing", "packers", 13.0)
    assert tip.left_h == pytest.approx(2.0, abs=0.15)  # eight hours of work, from eight to two o'clock
    calm = {**changes, "demand.channels.web.orders_per_day": 300}
    assert scenario_from(BENCH).vary(calm).workload().tip is None


def test_people_help_where_they_are_needed_after_their_own_work():
    helper = {"skills": {"packing": 2}, "shifts": {"day": {"hours": "08:00-16:00", "headcount": 1}}}
    first, *_ = bench(demand__channels__web__orders_per_day=600, staff__others=helper).workload().days
    load = bench(demand__channels__web__orders_per_day=600, staff__others=helper).workload()
    by_role = {(day.day, day.role): day for day in load.days}
    assert by_role["2026-03-02", "packers"].done_h + by_role["2026-03-02", "others"].done_h == pytest.approx(10.0)
    assert by_role["2026-03-02", "others"].work_h == 0.0
    assert first.day == "2026-03-02"


CALM = {
    **BENCH,
    "begin": "steady",
    "days": 6,
    "services": {"standard": {"cutoff": "14:00"}},
    "demand": {
        "channels": {
            "web": {"orders_per_day": 500, "hours": {"00-08": 1, "08-24": 3}, "lines": {"geometric": {"mean": 1.6}}},
            "store": {"kind": "in_person", "orders_per_day": 80, "hours": {"09-16": 1}, "lines": 2,
                      "weekdays": {"mon-fri": 1, "sat-sun": 0},
                      "capture": {"time": "3 min", "station": "counter"}},
        }
    },
    "catalog": {"skus": 200},
    "layout": {"aisles": 5, "cells": 20},
    "inventory": {"suppliers": {"acme": {"lead_time": "3 working days"}},
                  "receiving": {"time": "20 min"}, "putaway": {"time": "5 min", "per_unit": "10s"}},
    "processing": {"manual": {"share": "20 %", "time": "3 min"}},
    "staff": {
        "pickers": {"skills": {"picking": 1}, "indirect": "8 %",
                    "shifts": {"day": {"hours": "07:00-17:00", "headcount": 6, "breaks": {"lunch": "12:00-12:30"}}}},
        "packers": {"skills": {"packing": 1}, "absence": "10 %",
                    "shifts": {"day": {"hours": "08:00-17:30", "headcount": 6}}},
        "clerks": {"skills": {"counter": 1, "verification": 2},
                   "shifts": {"day": {"hours": "08:00-18:00", "headcount": 2}}},
        "receivers": {"skills": {"receiving": 1, "putaway": 1},
                      "shifts": {"day": {"hours": "07:00-15:00", "headcount": 3}}},
    },
    "fulfillment": {
        "picking": {"tour": {}},
        "steps": {"packing": {"after": "picking", "time": {"per_order": "90s", "per_line": "30s", "cv": 0.5}}},
    },
    "delivery": {"carriers": {"parcelco": {"pickups": {"evening": "18:00"}, "services": {"ground": {"transit": 1}}}}},
}  # fmt: skip


def test_utilization_is_that_of_a_simulation_in_which_nobody_waits_long():
    calm = scenario_from(CALM)
    load = calm.workload()
    simulated = {line.kpi: line.estimate.estimate for line in fs.simulate(calm, replications=3, jobs=1).lines()}
    assert set(load.utilization) == {"pickers", "packers", "clerks", "receivers"}
    for role, share in load.utilization.items():
        assert share == pytest.approx(simulated[f"utilization.{role}"], rel=0.07 if role != "receivers" else 0.2)
    assert load.tip is None
    assert load.not_counted == ()


STOCKED = {
    "inventory.forward": {"cover": "3 days", "time": "2 min", "per_unit": "4s"},
    "inventory.records": {"wrong": "5 %", "counts": {"time": "1 min", "per_unit": "2s", "per_day": 20}},
    "staff.receivers.skills.replenishment": 1,
    "staff.receivers.skills.counting": 2,
}


def test_refills_and_counts_are_counted_as_the_simulation_works_them():
    stocked = scenario_from(CALM).vary(STOCKED)
    load = stocked.workload()
    simulated = {line.kpi: line.estimate.estimate for line in fs.simulate(stocked, replications=3, jobs=1).lines()}
    assert load.utilization["receivers"] == pytest.approx(simulated["utilization.receivers"], rel=0.2)
    assert load.utilization["receivers"] > 1.2 * scenario_from(CALM).workload().utilization["receivers"]
    assert load.not_counted == ()


def test_a_refill_brings_what_lies_between_minimum_and_capacity_and_a_round_counts_so_many():
    """One SKU of 4 units at a time: a slot of 10 with a minimum of 2 asks for half a refill an order."""
    one = {
        "catalog": {"skus": 1},
        "inventory": {
            "suppliers": {"acme": {"lead_time": "1 days"}},
            "forward": {"capacity": 10, "minimum": 2, "time": "2 min", "per_unit": "3s"},
            "records": {"counts": {"time": "5 min", "per_day": 1, "at": "09:00"}},
        },
        "demand.channels.web": {"orders_per_day": 240, "hours": {"08-12": 1}, "lines": 1, "units": 4},
        "fulfillment.picking": {"time": "1 min"},
        "fulfillment.steps.packing.after": "picking",
        "staff.pickers": {"skills": {"picking": 1}, "shifts": {"day": {"hours": "08:00-16:00", "headcount": 2}}},
        "staff.dock": {
            "skills": {"replenishment": 1, "counting": 2},
            "shifts": {"day": {"hours": "08:00-16:00", "headcount": 2}},
        },
    }
    days = {day.role: day for day in scenario_from(BENCH).vary(one).workload().days if day.day == "2026-03-02"}
    assert days["dock"].work_h == pytest.approx((240 * 4 * (120 / 8 + 3) + 300) / 3600)
    assert days["dock"].carried_h == pytest.approx(0.0)


def test_the_command_tells_days_the_hour_and_what_is_left_out():
    result = CliRunner().invoke(app, ["check", "baseline", "--load", "--set", "staff.packers.shifts.early.headcount=4"])
    assert result.exit_code == 0
    assert "tips over in the hour of Mon 2026-03-02" in result.stdout
    assert "packing (packers)" in result.stdout
    as_json = CliRunner().invoke(app, ["check", "phone_and_store", "--load", "--format", "json"])
    document = json.loads(as_json.stdout)
    assert document["tips_over"] is None or document["tips_over"]["station"]
    assert {row["role"] for row in document["days"]} == {"agents", "sales", "warehouse"}
    assert set(document["utilization"]) == {"agents", "sales", "warehouse"}
