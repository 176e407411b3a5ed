"""Cartons of orders: the quick rule for all orders at once against the library order by order, and what follows."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.carton import Carton, Item
from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.kpi.carriers import carton_cost, carton_fill, carton_shares
from fulfillsim.kpi.conservation import check_conservation
from fulfillsim.kpi.facts import Facts
from fulfillsim.optim.cartonization.packing import cartonize, fits_some
from fulfillsim.sim import run
from fulfillsim.sim.cartons import BARE, Cartons
from fulfillsim.testing.by_hand import ALL_DAY as EVER
from fulfillsim.testing.by_hand import HOUR_S, ONE, bench_world, one_carrier, promising, rows_of, tape_of
from fulfillsim.testing.worlds import DAY_S, days_of

DAYS = days_of(5, n_drain=5)
SMALL = Carton("small", (0.3, 0.2, 0.1), 2.0, 0.3, 0.1)
LARGE = Carton("large", (0.6, 0.4, 0.4), 10.0, 0.9, 0.5, 0.004)
SIX = 18 * HOUR_S


def goods(sides_m, weight_kg):
    """A catalog of boxes."""
    sides = np.array(sides_m)
    n = len(sides)
    zeros = np.zeros(n)
    names = tuple(f"S{i}" for i in range(n))
    volume_l = sides.prod(axis=1) * 1000
    none = zeros.astype(bool)
    place = zeros.astype(np.int32)
    return Catalog(
        names,
        zeros + 1,
        np.array(weight_kg),
        volume_l,
        zeros,
        none,
        place,
        zeros,
        zeros.astype(np.int16),
        sides_m=sides,
    )


def packing_world(catalog, rule="quick", cartons=(LARGE, SMALL), tariff=None):
    plan = Fulfillment(
        Release(), None, (Step(Station("bench", WorkTime(60.0, ONE))),), cartons=cartons, cartonization=rule
    )
    delivery = one_carrier(
        DAYS, [SIX + d * DAY_S for d in range(8)], range(7), **({"tariff": tariff} if tariff else {})
    )
    world = bench_world(DAYS, EVER, processing=promising(DAYS), delivery=delivery, catalog=catalog, fulfillment=plan)
    return world


def random_orders(seed, n=60, n_skus=8):
    rng = np.random.default_rng(seed)
    catalog = goods(rng.uniform(0.02, 0.5, (n_skus, 3)), rng.uniform(0.05, 3.0, n_skus))
    lines = [
        [(int(sku), int(rng.integers(1, 4))) for sku in rng.choice(n_skus, rng.integers(1, 4), replace=False)]
        for _ in range(n)
    ]
    return catalog, lines


@pytest.mark.parametrize("rule", ["quick", "fit", "exact"])
@pytest.mark.parametrize("seed", [1, 2])
def test_orders_get_the_cartons_that_the_library_gives_each_alone(rule, seed):
    catalog, lines = random_orders(seed, 60 if rule == "quick" else 15)
    world = packing_world(catalog, rule)
    tape = tape_of([HOUR_S + i for i in range(len(lines))], lines)
    boxes = Cartons(world, tape).all_boxes()
    names = [carton.name for carton in world.fulfillment.cartons]
    for row, order in enumerate(lines):
        items = [
            Item(str(sku), tuple(catalog.sides_m[sku]), float(catalog.weight_kg[sku]))
            for sku, n in sorted(order)
            for _ in range(n)
        ]
        alone = [item for item in items if not fits_some(item, world.fulfillment.cartons)]
        inside = [item for item in items if fits_some(item, world.fulfillment.cartons)]
        expected = [packed.carton.name for packed in cartonize(inside, world.fulfillment.cartons, rule)]
        found = boxes.carton[boxes.order == row]
        assert sorted(names[index] for index in found if index != BARE) == sorted(expected)
        assert (found == BARE).sum() == len(alone)
        assert boxes.units[boxes.order == row].sum() == len(items)
        tares = sum(world.fulfillment.cartons[index].tare_kg for index in found if index != BARE)
        weight = sum(item.weight_kg for item in items)
        assert boxes.weight_kg[boxes.order == row].sum() == pytest.approx(weight + tares)


def two_parcels():
    """Three units of 5 kg each: the large carton holds two, so an order of three is two parcels."""
    return goods([[0.2, 0.2, 0.2]], [5.0])


def test_an_order_in_two_cartons_pays_for_two_parcels_and_arrives_with_the_last():
    tariff = Tariff(weight_breaks({"all": {6.0: 4.0, 30.0: 7.0}}))
    world = packing_world(two_parcels(), tariff=tariff)
    trace = run(world, tape_of([10 * HOUR_S], [[(0, 3)]]))
    assert sorted(rows_of(trace, "parcels", "order", "units", "weight_kg", "cost")) == [
        (0, 1.0, 5.5, 4.0),
        (0, 2.0, 10.5, 7.0),
    ]
    facts = Facts(world, trace)
    j = facts.journeys
    assert (j.n_parcels[0], j.units_shipped[0]) == (2, 3)
    assert j.delivered_s[0] == trace.columns("parcels")["delivered_s"].max()
    assert len(set(trace.columns("parcels")["delivered_s"].tolist())) == 2
    check_conservation(world, trace, facts)


def test_carriers_bill_the_outer_sides_of_the_carton_in_whole_centimetres():
    """A light order in the large carton: 60.8 x 40.8 x 40.8 cm are 61 x 41 x 41, 20.5 kg at 5,000 cm3 per kg."""
    tariff = Tariff(weight_breaks({"all": {20.0: 5.0, 21.0: 6.0, 30.0: 7.0}}), kg_per_l=0.2)
    world = packing_world(goods([[0.39, 0.39, 0.55]], [1.0]), tariff=tariff)
    trace = run(world, tape_of([10 * HOUR_S], [[(0, 1)]]))
    assert rows_of(trace, "parcels", "carton", "cost") == [(0, 6.0)]
    assert trace.columns("parcels")["billed_kg"][0] == pytest.approx(61 * 41 * 41 / 5000)


def test_what_fits_no_carton_travels_as_it_is():
    world = packing_world(goods([[1.2, 0.2, 0.2], [0.1, 0.1, 0.05]], [3.0, 0.2]))
    trace = run(world, tape_of([10 * HOUR_S], [[(0, 2), (1, 1)]]))
    assert sorted(rows_of(trace, "parcels", "carton", "units")) == [(-1, 1.0), (-1, 1.0), (1, 1.0)]


def test_the_cost_and_fill_of_cartons_are_those_of_the_parcels_that_left():
    world = packing_world(goods([[0.1, 0.1, 0.1]], [0.2]))
    trace = run(world, tape_of([10 * HOUR_S, 11 * HOUR_S], [[(0, 1)], [(0, 30)]]))
    facts = Facts(world, trace)
    assert carton_cost(facts) == pytest.approx(0.3 + 0.9)
    assert carton_shares(facts) == {"none": 0.0, "large": 0.5, "small": 0.5}
    assert carton_fill(facts, facts.rows("parcels")) == pytest.approx((1.0 + 30.0) / (6.0 + 96.0))


def test_a_carton_that_nothing_fits_changes_nothing():
    catalog, lines = random_orders(7)
    tape = tape_of([HOUR_S + 60.0 * i for i in range(len(lines))], lines)
    world = packing_world(catalog)
    tiny = Carton("zero", (0.001, 0.001, 0.001), 0.001, 0.0)
    more = replace(world, fulfillment=replace(world.fulfillment, cartons=(LARGE, SMALL, tiny)))
    one, other = run(world, tape), run(more, tape)
    for table in ("parcels", "pickups", "milestones", "visits"):
        for name, column in one.columns(table).items():
            np.testing.assert_array_equal(column, other.columns(table)[name])
