"""Prices of parcels by hand, and rate cards that are none."""

import pytest

from fulfillsim.domain.tariff import Rate, Surcharge, Tariff, TariffError

RATES = (
    Rate("near", 0.0, 1.0, flat=4.0),
    Rate("near", 1.0, 5.0, flat=5.0, per_kg=0.5),
    Rate("far", 0.0, 30.0, per_kg=2.0, minimum=9.0),
)


def test_a_parcel_pays_its_band_up_to_and_with_the_upper_bound():
    tariff = Tariff(RATES)
    assert [tariff.charge("near", kg).total for kg in (0.2, 1.0, 1.5, 5.0)] == [4.0, 4.0, 5.75, 7.5]
    assert [tariff.charge("far", kg).total for kg in (1.0, 4.5, 10.0)] == [9.0, 9.0, 20.0]


def test_what_is_too_heavy_or_goes_elsewhere_has_no_price():
    assert Tariff(RATES).charge("near", 5.1) is None
    assert Tariff(RATES).charge("moon", 1.0) is None


def test_a_light_but_large_parcel_pays_for_its_volume_in_started_steps():
    tariff = Tariff(RATES, kg_per_l=0.2, step_kg=0.5)
    charge = tariff.charge("near", 1.0, volume_l=11.0)
    assert (charge.billed_kg, charge.total) == (2.5, 6.25)
    assert tariff.billed_kg(2.0) == 2.0


def test_surcharges_count_at_their_times_and_doors():
    fuel = Surcharge("fuel", 0.1, "share")
    peak = Surcharge("peak", 2.0, from_s=100.0, until_s=200.0)
    door = Surcharge("residential", 1.5, residential_only=True)
    heavy = Surcharge("handling", 0.25, "kg")
    tariff = Tariff(RATES, (fuel, peak, door, heavy))
    assert tariff.charge("near", 1.0).total == pytest.approx(4.0 + 0.4 + 0.25)
    assert tariff.charge("near", 1.0, at_s=100.0, residential=True).total == pytest.approx(4.65 + 2.0 + 1.5)
    assert tariff.charge("near", 1.0, at_s=200.0).total == pytest.approx(4.65)


def test_new_rates_count_from_their_date_and_a_minimum_for_all():
    old, new = Rate("z", 0.0, 9.0, flat=3.0, until_s=50.0), Rate("z", 0.0, 9.0, flat=6.0, from_s=50.0)
    tariff = Tariff((new, old), minimum=4.0)
    assert [tariff.charge("z", 1.0, at_s=t).total for t in (49.0, 50.0)] == [4.0, 6.0]


def test_gaps_overlaps_and_signs_are_refused_all_at_once():
    rows = (
        Rate("a", 0.0, 2.0),
        Rate("a", 3.0, 4.0),
        Rate("b", 0.0, 2.0),
        Rate("b", 1.0, 4.0),
        Rate("c", 0.5, 2.0, flat=-1.0),
        Rate("d", 0.0, 2.0, until_s=10.0),
        Rate("d", 0.0, 2.0, from_s=20.0),
    )
    with pytest.raises(TariffError) as caught:
        Tariff(rows)
    told = {(flaw.row, flaw.rule) for flaw in caught.value.flaws}
    assert told == {
        (1, "bands of zone a must not leave a gap"),
        (3, "bands of zone b must not overlap"),
        (4, "weights and prices must be >= 0"),
        (4, "weights of zone c must begin at 0"),
        (6, "periods of zone d must not leave a gap"),
    }
