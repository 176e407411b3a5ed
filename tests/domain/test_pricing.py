"""Prices of many parcels at once are those of each alone."""

import numpy as np
import pytest

from fulfillsim.domain.pricing import Pricer
from fulfillsim.domain.tariff import Rate, Surcharge, Tariff, measured_l, weight_breaks


def test_prices_go_by_zone_and_weight_and_each_started_kilogram_above_the_last_break():
    tariff = Tariff(weight_breaks({"a": {1.0: 4.0, 5.0: 6.0}, "b": {1.0: 7.0, 5.0: 9.0}}, 1.0))
    zones, weights = np.array([0, 0, 0, 0, 1, 1]), np.array([0.2, 1.0, 1.01, 5.0, 5.2, 7.0])
    charges = Pricer(tariff, ("a", "b")).charges(zones, weights, np.zeros(6))
    assert charges.total.tolist() == [4.0, 4.0, 6.0, 6.0, 10.0, 11.0]


def test_a_carrier_measures_whole_centimetres():
    assert measured_l((0.301, 0.299, 0.15)) == pytest.approx(31 * 30 * 15 / 1000)


@pytest.mark.parametrize("at_s", [0.0, 99.0, 100.0, 250.0])
def test_a_thousand_parcels_cost_what_each_costs_alone(at_s):
    rng = np.random.default_rng(5)
    rates = (
        *(Rate("near", low, high, 3.0 + low, until_s=100.0) for low, high in ((0.0, 2.0), (2.0, 8.0))),
        Rate("near", 0.0, 10.0, per_kg=1.1, minimum=2.5, from_s=100.0),
        Rate("far", 0.0, 3.0, flat=5.0, per_kg=0.3),
        Rate("far", 3.0, float("inf"), flat=6.0, extra_per_kg=0.7),
    )
    extras = (
        Surcharge("fuel", 0.12, "share"),
        Surcharge("peak", 0.8, "parcel", from_s=100.0, until_s=200.0),
        Surcharge("door", 0.5, "parcel", residential_only=True),
        Surcharge("heavy", 0.05, "kg"),
    )
    tariff, zones = Tariff(rates, extras, kg_per_l=0.2, step_kg=0.5, minimum=3.2), ("far", "near", "nowhere")
    n = 1000
    zone, kg, liters = rng.integers(0, 3, n), rng.uniform(0, 12, n), rng.uniform(0, 70, n)
    door = rng.random(n) < 0.5
    charges = Pricer(tariff, zones).charges(zone, kg, liters, at_s, door)
    for row in range(n):
        alone = tariff.charge(zones[zone[row]], kg[row], liters[row], at_s, bool(door[row]))
        assert charges.total[row] == pytest.approx(alone.total if alone else np.inf)
        if alone:
            assert charges.billed_kg[row] == pytest.approx(alone.billed_kg)
            parts = dict(zip(("fuel", "peak", "door", "heavy"), charges.surcharges[:, row], strict=True))
            assert {name: part for name, part in parts.items() if part} == pytest.approx(dict(alone.surcharges))


def test_parcels_of_one_order_are_rated_by_their_sum_and_charged_with_the_first():
    """Two of one kilogram and a single one; the order of 4 + 5 kg is too heavy as one, and goes parcel by parcel."""
    fee = Surcharge("door", 0.5, "parcel")
    tariff = Tariff(_up_to_six(), (fee,), per_consignment=True)
    order, kg = np.array([0, 0, 1, 2, 2]), np.array([1.0, 1.0, 1.0, 4.0, 5.0])
    at = (np.zeros(5, np.int64), kg, np.zeros(5), 0.0, np.ones(5, np.bool_))
    charges = Pricer(tariff, ("a",)).consigned(order, *at)
    assert charges.total.tolist() == [5.5, 0.0, 4.5, 9.5, 9.5]
    assert charges.billed_kg.tolist() == [2.0, 0.0, 1.0, 4.0, 5.0]
    apart = Pricer(Tariff(_up_to_six(), (fee,)), ("a",))
    assert apart.consigned(order, *at).total.tolist() == apart.charges(*at).total.tolist()


def _up_to_six():
    bounds = ((0.0, 1.0, 4.0), (1.0, 2.0, 5.0), (2.0, 6.0, 9.0))
    return tuple(Rate("a", low, high, flat) for low, high, flat in bounds)
