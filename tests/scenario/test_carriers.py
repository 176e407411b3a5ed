"""Carriers as they are: what a scenario says of their trucks, caps and terms, and of cartons."""

import numpy as np
import pytest

from fulfillsim.domain.delivery import Assignment, Commitment
from fulfillsim.errors import ScenarioError
from fulfillsim.scenario.checks import check_settings

CARRIER = "delivery.carriers.parcelco"
GROUND = f"{CARRIER}.services.ground"
HOUR = 3600.0


def delivery(small, changes):
    return small(changes).world().delivery


def test_a_service_goes_with_some_trucks_on_some_days(small):
    pickups = {"noon": "12:00", "evening": "18:00"}
    changes = {f"{CARRIER}.pickups": pickups, f"{GROUND}.pickups": {"noon": False}, f"{GROUND}.days": "mon, wed"}
    world = small(changes).world()
    times = world.delivery.services[0].departures_s
    clock = {
        (world.days.weekday(world.days.of(t)), (t - world.days.midnight_s[world.days.of(t)]) / HOUR) for t in times
    }
    assert clock == {(0, 18.0), (2, 18.0)}
    assert delivery(small, {f"{CARRIER}.pickups": pickups}).services[0].departures_s is None


def test_daily_caps_hold_by_weekday_and_date(small):
    caps = {f"{CARRIER}.daily_cap": {"mon-fri": 400, "sat": 90}, f"{CARRIER}.daily_cap_on": {"2026-03-04": 700}}
    found = delivery(small, caps).carriers[0].daily_capacity
    assert found[:7] == (400, 400, 400, 400, 400, 90, 10**7)  # warm-up begins on a Monday
    assert found[7:11] == (400, 400, 700, 400)


def test_terms_of_carriers_and_the_desk_come_from_the_scenario(small):
    changes = {
        f"{CARRIER}.commitment": {"per_week": 900, "shortfall": "0.40 EUR"},
        f"{GROUND}.damage": "1 %",
        "delivery.assignment": {"method": "cheapest", "on_promise": "95 %"},
        "delivery.residential": "80 %",
    }
    found = delivery(small, changes)
    assert found.carriers[0].commitment == Commitment(900, 0.4)
    assert found.services[0].damage_prob == 0.01
    assert found.assignment == Assignment("cheapest", 0.95)
    assert found.residential_prob == 0.8
    assert delivery(small, {"delivery.assignment": "optimal"}).assignment == Assignment("optimal")


CARTONS = {"fulfillment.cartons": {"box": {"inner": "30 x 20 x 12 cm", "cost": "0.40 EUR", "weight": "90 g"}}}


def test_cartons_hold_goods_whose_sides_give_their_volume(small):
    world = small({**CARTONS, "catalog.volume": {"lognormal": {"mean": "1 l", "cv": 0.5}}}).world()
    (box,) = world.fulfillment.cartons
    assert (box.name, box.sides_m, box.cost, box.tare_kg) == ("box", (0.3, 0.2, 0.12), 0.4, 0.09)
    sides = world.catalog.sides_m
    np.testing.assert_allclose(sides.prod(axis=1) * 1000, world.catalog.volume_l)
    assert (sides.min(axis=1) >= 0.4 * sides.max(axis=1) - 1e-12).all()
    assert small({"catalog.volume": "1 l"}).world().catalog.sides_m is None


def test_a_table_may_say_the_sides(small, tmp_path):
    (tmp_path / "skus.csv").write_text("sku,length_m,width_m,height_m\nA,0.3,0.2,0.1\nB,0.1,0.1,0.1\n")
    changes = {**CARTONS, "catalog": {"skus": None, "table": "skus.csv"}}
    catalog = small(changes, tmp_path).world().catalog
    assert catalog.sides_m.tolist() == [[0.3, 0.2, 0.1], [0.1, 0.1, 0.1]]
    assert catalog.volume_l.tolist() == pytest.approx([6.0, 1.0])


def test_cartons_need_goods_with_a_size(small):
    with pytest.raises(ScenarioError, match="needs goods with a size, and 40 SKUs have none"):
        small(CARTONS).world()


def test_a_share_that_nothing_looks_at_is_told_and_stops_nobody(small):
    found = check_settings(small({f"{CARRIER}.max_share": "50 %"}).settings)
    assert [each.rule for each in found if each.is_warning] == ["counts only where parcels are assigned at the pickup"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({f"{GROUND}.pickups": {"nooon": True}}, "names the pickup nooon"),
        ({f"{GROUND}.days": "sun"}, "has no pickup to go with"),
        ({f"{GROUND}.pickups": {"evening": False}}, "has no pickup to go with"),
        ({f"{CARRIER}.max_share": "50 %", "delivery.assignment": "optimal"}, "leaves parcels that no carrier may get"),
        ({"delivery.assignment": "optimum"}, "did you mean optimal?"),
        ({f"{CARRIER}.daily_cap": {"mondays": 4}}, "daily_cap: must be weekdays - did you mean mon?"),
        ({"fulfillment.cartons": {"box": {"inner": "30 x 20 cm"}}}, "must be three sides and their unit"),
        ({"fulfillment.cartons": {"box": {"inner": "30 x 0 x 9 cm"}}}, "must have sides above 0"),
        (
            {"fulfillment.cartons": {"box": {"inner": "3 x 2 x 9 cm"}}, "catalog": None, "inventory": None},
            "needs a catalog",
        ),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(faults, changes, rule):
    told = faults(changes)
    assert any(rule in line for line in told), told


def test_a_desk_that_gets_no_order_of_the_vans_is_told(small):
    vans = {"vans": {"van": {}}, "depot": {"east": "1 km", "north": "1 km"}, "waves": {"noon": "12:00"}}
    zones = {name: {"east": "2 km", "north": "2 km"} for name in small().settings.zones}
    changes = {"delivery.assignment": "optimal", "delivery.fleet": {**vans, "zones": zones}}
    found = check_settings(small(changes).settings)
    apart = {f"services.{name}.carriers": {"fleet/day": True} for name in small().settings.services}
    told = check_settings(small({**changes, **apart}).settings)
    rule = "gets no order of own vans"
    assert not any(rule in each.rule for each in found)
    assert any(rule in each.rule and each.is_warning for each in told)


def test_what_joins_parcels_is_read_and_told_where_it_has_nothing_to_join(small):
    card = {"zones": {"all": {"5 kg": "4 EUR"}}, "per": "consignment"}
    joint = {"delivery.consolidate": "4 h", f"{GROUND}.rates": card}
    world = small({**joint, "inventory.shortage": "split"}).world()
    assert world.delivery.consolidate_s == 4 * 3600.0
    assert [service.tariff.per_consignment for service in world.delivery.services] == [True]
    found = {found.path[-1]: found.rule for found in check_settings(small(joint).settings) if found.is_warning}
    assert found["consolidate"] == "has nothing to wait for: no order is split"
    assert found["per"] == "counts only where the parcels of an order leave together"
    splitting = {"inventory.shortage": "split", "fulfillment.picking.errors": {"short": "1 %"}}
    assert not any(each.is_warning for each in check_settings(small({**joint, **splitting}).settings))
