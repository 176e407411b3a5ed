"""Own vans and carriers in one optimum, against trying everything."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.tariff import Rate, Tariff
from fulfillsim.optim.delivery import hybrid
from fulfillsim.optim.delivery.evaluation import evaluate
from fulfillsim.optim.delivery.outsourcing import Offer, cheapest_in_time, with_carriers
from fulfillsim.optim.solving import Stop
from fulfillsim.testing.delivery import cheapest, random_instance


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nine_stops_by_van_or_carrier_cost_what_trying_everything_finds(seed):
    rng = np.random.default_rng(seed)
    instance = random_instance(9, seed, n_vehicles=2)
    van = replace(instance.vehicles[0], capacity=(18.0,), fixed_cost=25.0)
    instance = replace(instance, vehicles=(van, van))
    tariff = Tariff((Rate("z", 0.0, 5.0, flat=30.0), Rate("z", 5.0, 99.0, per_kg=8.0)))
    offers = {
        stop: [Offer("slow", float(rng.integers(10, 40)), 0.6), Offer("sure", tariff.charge("z", at.demand[0]).total)]
        for stop, at in enumerate(instance.stops)
    }
    mixed = with_carriers(instance, offers, on_time_prob=0.9)
    plan = hybrid.solve(mixed.instance, Stop(iterations=3000)).plan
    judged = evaluate(mixed.instance, plan)
    assert judged.feasible
    assert judged.cost == pytest.approx(cheapest(mixed.instance))
    handed = mixed.handed_over(plan)
    assert 0 < len(handed) < 9
    assert all(offer.service == "sure" for offer in handed.values())
    vans_alone = sum(offer.price for offer in handed.values())
    assert judged.cost == pytest.approx(_driven(instance, plan) + vans_alone)


def _driven(instance, plan):
    optional = tuple(replace(stop, prize=0.0) for stop in instance.stops)
    return evaluate(replace(instance, stops=optional), plan).cost


def test_the_cheapest_offer_in_time_is_taken():
    slow, fast, sure = Offer("slow", 3.0, 0.5), Offer("fast", 5.0, 0.95), Offer("sure", 5.0, 0.99)
    assert cheapest_in_time([slow, fast, sure], 0.9) == sure
    assert cheapest_in_time([slow], 0.9) is None


def test_stops_that_are_loaded_stay_and_cheaper_prizes_too():
    instance = random_instance(3, 1)
    instance = replace(instance, vehicles=(replace(instance.vehicles[0], committed=(0,)), *instance.vehicles[1:]))
    stops = (instance.stops[0], replace(instance.stops[1], prize=2.0), instance.stops[2])
    mixed = with_carriers(replace(instance, stops=stops), {n: [Offer("any", 5.0)] for n in range(3)})
    assert [stop.prize for stop in mixed.instance.stops] == [None, 2.0, 5.0]
    assert set(mixed.offers) == {2}


def test_who_gives_something_to_take_back_waits_for_a_van():
    instance = random_instance(2, 1)
    back = replace(instance.stops[0], pickup=(1.0,))
    mixed = with_carriers(replace(instance, stops=(back, instance.stops[1])), {n: [Offer("any", 5.0)] for n in (0, 1)})
    assert set(mixed.offers) == {1}
