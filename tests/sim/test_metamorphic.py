"""Changes whose effect on a run is known beforehand, bit by bit."""

import numpy as np
import pytest

from fulfillsim.domain.records import TABLES
from fulfillsim.experiment import simulate
from fulfillsim.scenario import scenario_from
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape
from fulfillsim.testing.metamorphic import differing, slower, slower_tape, small_baseline
from fulfillsim.testing.networks import random_network


def traced(scenario, replication=0):
    world = scenario.world()
    return run(world, draw_tape(world, 1, replication))


@pytest.fixture(scope="module")
def plain():
    return small_baseline()


@pytest.fixture(scope="module")
def trace(plain):
    return traced(plain)


def test_the_small_baseline_has_rows_in_every_table_and_queues(trace):
    elsewhere = {"routes", "loads", "stops", "rests", "outsourced", "returns"}
    elsewhere |= {"paths", "surcharges", "gatherings", "consignments", "work_orders"}
    assert not [t for t in TABLES if t not in elsewhere and not len(next(iter(trace.columns(t).values())))]
    visits = trace.columns("visits")
    assert (visits["started_s"] > visits["queued_s"]).mean() > 0.1


@pytest.mark.parametrize("seed", range(8))
def test_all_durations_doubled_double_all_time_stamps(seed):
    world = random_network(seed)
    tape = draw_tape(world, seed, 0)
    one, twice = run(world, tape), run(slower(world), slower_tape(tape))
    assert len(one.columns("visits")["item"]) > 20
    for table in ("visits", "milestones", "duty", "tours"):
        once, doubled = one.columns(table), twice.columns(table)
        for name in once:
            factor = 2.0 if name.endswith("_s") else 1.0
            assert np.array_equal(factor * once[name], doubled[name], equal_nan=True), f"{table}.{name}"


def turned(value):
    return {key: turned(part) for key, part in reversed(value.items())} if isinstance(value, dict) else value


def test_the_order_of_keys_in_the_file_changes_nothing(plain, trace):
    again = scenario_from(turned(plain.resolved()))
    assert list(again.resolved()) != list(plain.resolved())
    assert differing(trace, traced(again)) == []


def test_a_role_without_people_changes_nothing(plain, trace):
    extra = {"skills": {"packing": 1, "picking": 2}, "shifts": {"day": {"hours": "always", "headcount": 0}}}
    assert differing(trace, traced(plain.vary({"staff.a_reserve": extra}))) == []


def test_a_carrier_that_nobody_may_use_changes_nothing(plain, trace):
    extra = {
        "pickups": {"noon": "12:00"},
        "close_out": "2h",
        "services": {"air": {"transit": 1, "rates": {"zones": {"all": {"1 kg": "0 EUR"}}}}},
    }
    other = traced(plain.vary({"delivery.carriers.a_unused": extra}))
    # the carrier stands first by name, so that numbers of carriers and services move on by one
    numbers = {"promises.carrier_service", "parcels.carrier_service", "pickups.carrier"}
    assert {name for name in differing(trace, other) if not name.startswith("pickups.")} <= numbers
    for table, column in (("promises", "carrier_service"), ("parcels", "carrier_service")):
        assert np.array_equal(trace.columns(table)[column] + 1, other.columns(table)[column])
    theirs = other.columns("pickups")
    used = theirs["carrier"] > 0
    assert not theirs["n_taken"][~used].any()
    assert np.array_equal(trace.columns("pickups")["n_taken"], theirs["n_taken"][used])


def test_a_carrier_that_nobody_may_use_does_not_make_orders_be_released_earlier(plain):
    release = {"waves": None, "rule": "cutoff_driven", "lead": "1h"}
    driven = plain.vary({f"fulfillment.release.{key}": value for key, value in release.items()})
    extra = {"pickups": {"noon": "12:00"}, "close_out": "5h", "services": {"air": {"transit": 1}}}
    one, other = traced(driven), traced(driven.vary({"delivery.carriers.z_unused": extra}))
    assert [name for name in differing(one, other) if not name.startswith("pickups.")] == []


TABLE = "sku,popularity,weight_kg,volume_l,price,hazmat,aisle,position_m\n"


def stocked_scenario(folder, plain, skus):
    folder.mkdir()
    rows = [f"{name},{p},{w},2.0,9.5,{w > 5},{round(w) % 20},{2.0 + w}\n" for name, p, w in skus]
    (folder / "skus.csv").write_text(TABLE + "".join(rows))
    return scenario_from({**plain.resolved(), "catalog": {"table": "skus.csv"}}, folder)


@pytest.mark.parametrize("place", [0, 3, 6])
def test_a_sku_that_nobody_orders_changes_nothing(plain, tmp_path, place):
    skus = [(f"s{n}", 1.0 / (1 + n), 1.0 + n) for n in range(6)]
    more = [*skus[:place], ("unused", 0.0, 9.0), *skus[place:]]
    one = traced(stocked_scenario(tmp_path / "few", plain, skus))
    other = traced(stocked_scenario(tmp_path / "many", plain, more))
    assert len(one.columns("parcels")["order"]) > 300
    moving = ("stock", "deliveries", "arrivals", "shorts", "replenishments", "counts")
    of_its_own = ("discrepancies", "slot_moves")  # what lies there may be lost, or on record wrongly
    names = [name for name in differing(one, other) if name.partition(".")[0] not in of_its_own]
    assert set(names) <= {f"{table}.sku" for table in moving}
    numbers = np.array([number + (number >= place) for number in range(len(skus))])
    for table in ("stock", "deliveries", "arrivals", *of_its_own):
        here, there = one.columns(table), other.columns(table)
        others = there["sku"] != place
        assert np.array_equal(numbers[here["sku"].astype(int)], there["sku"][others])
        for name in here.keys() - {"sku"}:
            assert np.array_equal(here[name], there[name][others], equal_nan=True)


def test_a_longer_horizon_changes_nothing_before(plain, trace):
    longer = traced(plain.vary({"days": 4}))
    end_s = plain.world().days.window_end_s
    assert longer.end_s > trace.end_s
    assert differing(trace, longer, until_s=end_s) == []
    assert differing(trace, longer) != []


def test_a_scenario_compared_with_itself_differs_by_exactly_nothing(plain):
    again = scenario_from(plain.resolved())
    one, other = (simulate(scenario, 2, jobs=1, by=["day"]) for scenario in (plain, again))
    assert [record.to_json() for record in one.records] == [record.to_json() for record in other.records]
