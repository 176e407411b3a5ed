"""Rate cards beside own vans: what parcels cost by hand, the cheapest plan by trying everything, what is refused."""

import json
import shutil
from dataclasses import replace
from math import ceil

import numpy as np
import pytest
from typer.testing import CliRunner

from fulfillsim.cli.app import app
from fulfillsim.errors import ScenarioError
from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.outsourcing import with_carriers
from fulfillsim.optim.solving import Stop
from fulfillsim.scenario.carrier_offers import read_offers
from fulfillsim.scenario.delivery_day import read_delivery_day
from fulfillsim.testing.delivery import cheapest, random_instance

CARDS = """schema: 1
kind: rate_cards
pickup: 2026-03-05
zones: {near: 0.035, far: 0.2}
weight: 700 g
volume: 6 l
residential: true
services:
  post:
    on_time: {near: 95 %, far: 60 %}
    rates:
      zones:
        near: {"2 kg": 21 EUR, "5 kg": 30 EUR}
        far: {"2 kg": 27 EUR, "5 kg": 41 EUR}
      extra_per_kg: 3 EUR/kg
      divisor: 5000
      step: 500 g
      minimum: 23 EUR
      surcharges:
        fuel: {share: 10 %}
        peak: {per_parcel: 2 EUR, from: 2026-03-05, until: 2026-03-08}
        past: {per_parcel: 90 EUR, until: 2026-03-04}
        door: {per_parcel: 1.5 EUR, residential: true}
        heavy: {per_kg: 0.4 EUR/kg}
  courier:
    rates: {zones: {near: {"30 kg": 39 EUR}}, heaviest: 5 kg}
"""


def by_hand(instance, stop):
    """What post and courier ask, from the words of the card alone."""
    demand, way = instance.stops[stop].demand[0], instance.travel.distance_m[0, stop + 1]
    billed = ceil(max(0.7 * demand, 6.0 * demand / 5.0) / 0.5 - 1e-9) * 0.5
    two, five = (21.0, 30.0) if way <= 35.0 else (27.0, 41.0)
    rate = max(23.0, two if billed <= 2.0 else five if billed <= 5.0 else five + 3.0 * ceil(billed - 5.0))
    asked = {"post": 1.1 * rate + 2.0 + 1.5 + 0.4 * billed}
    return asked | ({"courier": 39.0} if way <= 35.0 and 0.7 * demand <= 5.0 else {})


@pytest.fixture
def cards(tmp_path):
    def write(text=CARDS, **tables):
        for name, rows in tables.items():
            (tmp_path / f"{name}.csv").write_text(rows)
        file = tmp_path / "cards.yaml"
        file.write_text(text)
        return file

    return write


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nine_stops_by_van_or_by_card_cost_what_trying_everything_finds(cards, seed):
    instance = random_instance(9, seed, n_vehicles=2)
    van = replace(instance.vehicles[0], capacity=(18.0,), fixed_cost=25.0)
    instance = replace(instance, vehicles=(van, van))
    offers = read_offers(cards(), instance)
    for stop, asked in offers.items():
        assert {offer.service: offer.price for offer in asked} == pytest.approx(by_hand(instance, stop))
    stops = (replace(stop, prize=min(by_hand(instance, n).values())) for n, stop in enumerate(instance.stops))
    tried = replace(instance, stops=tuple(stops))
    mixed = with_carriers(instance, offers)
    plan = hybrid.solve(mixed.instance, Stop(iterations=3000)).plan
    assert evaluate(mixed.instance, plan).cost == pytest.approx(cheapest(tried))
    assert 0 < len(mixed.handed_over(plan)) < 9


def test_a_promise_rules_out_zones_in_which_a_service_is_late(cards):
    instance = random_instance(9, 1)
    mixed = with_carriers(instance, read_offers(cards(), instance), on_time_prob=0.9)
    near = {stop for stop in range(9) if instance.travel.distance_m[0, stop + 1] <= 35.0}
    assert set(mixed.offers) == near
    assert 0 < len(near) < 9


def test_a_table_says_parcels_one_by_one_and_what_it_leaves_open_is_as_usual(cards):
    instance = random_instance(3, 1)
    rows = "stop,zone,weight_kg,volume_l,residential\n1,near,1,1,no\n1,near,1,1,no\n2,near,0.1,,\n"
    offers = read_offers(cards(CARDS + "parcels: parcels.csv\n", parcels=rows), instance)
    assert offers[0][1].price == pytest.approx(2 * (1.1 * 23.0 + 2.0 + 0.4))
    assert offers[0][1].made_of == {"zone": "near", "parcels": 2, "billed_kg": 2.0, "rate": 46.0}
    light = replace(instance.stops[1], demand=(instance.stops[1].demand[0],))
    billed = ceil(6.0 * light.demand[0] / 5.0 / 0.5 - 1e-9) * 0.5
    assert offers[1][1].made_of["billed_kg"] == billed
    assert {offer.service: offer.price for offer in offers[2]} == pytest.approx(by_hand(instance, 2))


def test_published_instances_count_zones_in_their_units_and_prices_in_theirs(tmp_path, cards):
    head = "T\n\nVEHICLE\nNUMBER CAPACITY\n 3 10\n\nCUSTOMER\nCUST X Y DEMAND READY DUE SERVICE\n"
    (tmp_path / "t.txt").write_text(head + " 0 0 0 0 0 1000 0\n 1 30 0 2 0 900 5\n 2 -90 0 2 0 900 5\n")
    text = CARDS.replace("{near: 0.035, far: 0.2}", "{near: 35}")
    words = ["solve", "deliver", str(tmp_path / "t.txt"), "-s", "ortools", "-t", "0.3", "--carriers", str(cards(text))]
    done = CliRunner().invoke(app, [*words, "--format", "json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    price = 1.1 * 30.0 + 2.0 + 1.5 + 0.4 * 2.5
    assert found["value"] == pytest.approx(180.0 + price, abs=0.051)
    assert [(row["stop"], row["zone"], row["billed_kg"]) for row in found["by_carrier"]] == [("1", "near", 2.5)]


FAULTS = [
    ("weight: 700 g\n", "", "cards.yaml:1:1 weight: is missing"),
    ("weight: 700 g", "weight: [1 kg, 1 kg]", "cards.yaml:5:1 weight: has 2 figures, demand has 1"),
    ("pickup: 2026-03-05\n", "", "pickup: must be said, as prices of post have dates"),
    ("near: 0.035", "nere: 0.035", "4:15 zones.nere: no card has zone nere (got 0.035) - did you mean near?"),
    ("{near: 95 %", "{neer: 95 %", "services.post.on_time.neer: is about zone neer, which no card has"),
    ("fuel: {share: 10 %}", "fuel: {}", "services.post.rates.surcharges.fuel: must have one of share"),
    ("39 EUR", "39 USD", "must be in the one currency of the file, EUR"),
    ('{"30 kg": 39 EUR}', "{}", "services.courier.rates: must have a price"),
    ("kind: rate_cards", "kind: rate_card", "kind: must be one of rate_cards"),
    ("divisor: 5000", "divisor: 0", "services.post.rates.divisor: must be more than 0"),
    ("0.035", "-1", "zones.near: must be more than 0"),
    ("services:", "parcels: none.csv\nservices:", "there is no such file"),
    ("services:", "parcels: odd.csv\nservices:", "odd.csv:2 column stop: names the stop 9, which random 1"),
    ("services:", "parcels: bad.csv\nservices:", "bad.csv:2 column residential: must be true or false"),
    ("weight: 700 g", "parcels: one.csv", "one.csv:1 column stop: has no parcel of stop 2"),
    ("{zones: {near: {\"30 kg\": 39 EUR}}, heaviest: 5 kg}", "gap.csv", "bands of zone near must not leave a gap"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), FAULTS, ids=[told[-30:] for _, _, told in FAULTS])
def test_cards_that_cannot_be_used_are_told_by_line(cards, old, new, told):
    assert old in CARDS
    tables = {
        "odd": "stop,weight_kg\n9,1\n",
        "bad": "stop,weight_kg,residential\n1,1,maybe\n",
        "one": "stop,weight_kg\n1,1\n",
        "gap": "zone,above_kg,up_to_kg,price\nnear,0,2,4\nnear,3,5,5\n",
    }
    with pytest.raises(ScenarioError) as caught:
        read_offers(cards(CARDS.replace(old, new, 1), **tables), random_instance(3, 1))
    assert told in str(caught.value).replace(f"{cards().parent}/", "")


def test_a_card_of_a_real_carrier_prices_the_stops_of_a_day(shared_data, tmp_path, cards):
    shutil.copy(shared_data / "orders" / "brunel" / "FreightRates.csv", tmp_path)
    text = """schema: 1
kind: rate_cards
weight: 1 kg
services:
  air:
    rates:
      {file: FreightRates.csv, format: brunel, where: {Carrier: V444_6, orig_port_cd: PORT08}, places: {PORT09: all}}
"""
    instance = random_instance(3, 1)
    heavy = (replace(stop, demand=(kg,)) for stop, kg in zip(instance.stops, (1.0, 62.0, 250.0), strict=True))
    vans = (replace(instance.vehicles[0], capacity=(400.0,)),) * 4
    offers = read_offers(cards(text), replace(instance, stops=tuple(heavy), vehicles=vans))
    assert offers[1][0].price == pytest.approx(62.0 * 0.7892)  # the file's row 60 to 64.99 kg
    assert offers[2][0].price == pytest.approx(250.0 * 0.7132)
    assert offers[0][0].price == pytest.approx(43.2272)  # its minimum


def test_rings_of_a_day_are_kilometers_on_the_road(cards, tmp_path):
    day = tmp_path / "day.yaml"
    day.write_text(
        "schema: 1\nkind: delivery_day\nname: d\ntravel: {circuity: 1.5}\ndepots: {d: {east: 0 km, north: 0 km}}\n"
        "stops: {a: {east: 4 km, north: 0 km}, b: {east: 5 km, north: 0 km}}\n"
        "vans: {v: {capacity: 9, cost_per_km: 1 EUR/km}}\n"
    )
    offers = read_offers(cards(CARDS.replace("0.035", "6").replace("0.2}", "90}")), read_delivery_day(day))
    assert [offer.made_of["zone"] for stop in (0, 1) for offer in offers[stop] if offer.service == "post"] == [
        "near",
        "far",
    ]
    assert np.isfinite([offer.price for asked in offers.values() for offer in asked]).all()
