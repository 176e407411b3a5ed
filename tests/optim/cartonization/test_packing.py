"""Cartons by hand, against trying every grid position, and what cannot be."""

from itertools import combinations, product

import numpy as np
import pytest

from fulfillsim.domain.tariff import Rate, Tariff
from fulfillsim.errors import InputError
from fulfillsim.optim.cartonization.exact import decided
from fulfillsim.optim.cartonization.extreme_points import overlap, placed
from fulfillsim.optim.cartonization.packing import MOST_PLACED, cartonize
from fulfillsim.optim.cartonization.parts import Carton, Item, Placement
from fulfillsim.optim.cartonization.quick_rule import may_fit

CUBE = Carton("cube", (0.2, 0.2, 0.2), cost=1.0)
LONG = Carton("long", (0.6, 0.1, 0.1), cost=0.5)
BIG = Carton("big", (0.4, 0.4, 0.4), max_kg=20.0, cost=2.0, tare_kg=0.3, wall_m=0.005)


def box(*cm: float, weight_kg: float = 1.0, upright: bool = False) -> Item:
    return Item("box", tuple(side / 100 for side in cm), weight_kg, upright)


def is_packing(items: list[Item], carton: Carton, places: tuple[Placement, ...]) -> bool:
    turned = all(any(np.allclose(p.sides_m, way, atol=1e-3) for way in items[p.item].turned()) for p in places)
    inside = all(
        c >= 0 and c + s <= room + 1e-6
        for p in places
        for c, s, room in zip(p.corner_m, p.sides_m, carton.sides_m, strict=True)
    )
    apart = not any(overlap(a, b) for a, b in combinations(places, 2))
    return turned and inside and apart and sorted(p.item for p in places) == list(range(len(items)))


def test_eight_halves_of_a_cube_fill_it():
    items = [box(10, 10, 10)] * 8
    assert is_packing(items, CUBE, placed(items, range(8), CUBE))
    assert placed([*items, box(10, 10, 10)], range(9), CUBE) is None


def test_the_quick_rule_looks_at_volume_weight_and_longest_sides():
    assert not may_fit([box(30, 2, 2)], CUBE)
    assert may_fit([box(30, 2, 2)], LONG)
    assert not may_fit([box(2, 2, 15, upright=True)], LONG)
    assert not may_fit([box(10, 10, 10, weight_kg=21.0)], BIG)
    assert not may_fit([box(10, 10, 10)] * 9, CUBE)


@pytest.mark.parametrize("seed", range(6))
def test_what_cp_sat_says_is_what_trying_every_centimeter_says(seed):
    rng = np.random.default_rng(seed)
    items = [box(*map(float, rng.integers(1, 4, 3))) for _ in range(4)]
    carton = Carton("small", (0.03, 0.03, 0.03))
    verdict, places = decided(items, range(4), carton)
    assert (verdict == "fits") == by_centimeters(items, 3)
    if verdict == "fits":
        assert is_packing(items, carton, places)
    else:
        assert placed(items, range(4), carton) is None


def by_centimeters(items: list[Item], side: int) -> bool:
    """Whether all fit at whole centimeters, one after another with every corner and way."""

    def rest(number: int, taken: np.ndarray) -> bool:
        if number == len(items):
            return True
        for way in items[number].turned():
            a, b, c = (round(100 * s) for s in way)
            for x, y, z in product(range(side - a + 1), range(side - b + 1), range(side - c + 1)):
                if not taken[x : x + a, y : y + b, z : z + c].any():
                    more = taken.copy()
                    more[x : x + a, y : y + b, z : z + c] = True
                    if rest(number + 1, more):
                        return True
        return False

    return rest(0, np.zeros((side, side, side), bool))


@pytest.mark.parametrize("effort", ["quick", "fit", "exact"])
def test_an_order_goes_into_the_cheapest_carton_that_holds_it(effort):
    assert [p.carton.name for p in cartonize([box(30, 5, 5)], [CUBE, LONG, BIG], effort)] == ["long"]
    assert [p.carton.name for p in cartonize([box(15, 15, 15), box(3, 3, 3)], [CUBE, LONG, BIG], effort)] == ["cube"]


@pytest.mark.parametrize("effort", ["quick", "fit", "exact"])
def test_what_one_carton_cannot_hold_is_split(effort):
    items = [box(15, 15, 15, weight_kg=9.0)] * 5
    packed = cartonize(items, [CUBE, BIG], effort)
    assert sorted(n for p in packed for n in p.items) == list(range(5))
    assert all(sum(items[n].weight_kg for n in p.items) <= p.carton.max_kg for p in packed)
    assert [p.carton.name for p in packed].count("big") == 2
    assert [p.carton.name for p in packed].count("cube") == 1


def test_the_carriage_decides_where_the_tariff_says_so():
    tariff = Tariff((Rate("z", 0.0, 100.0, per_kg=1.0),), kg_per_l=0.2)

    def price(carton: Carton, weight_kg: float) -> float:
        return carton.cost + tariff.charge("z", weight_kg, carton.outer_l).total

    dear_but_small = Carton("small", (0.11, 0.11, 0.11), cost=3.0)
    (packed,) = cartonize([box(10, 10, 10)], [BIG, dear_but_small], "fit", price)
    assert packed.carton.name == "small"
    assert packed.weight_kg((box(10, 10, 10),)) == 1.0
    assert BIG.outer_l == pytest.approx(41.0**3 / 1000)


def test_items_without_a_carton_are_named():
    with pytest.raises(InputError, match="items box"):
        cartonize([box(90, 1, 1)], [CUBE, BIG])
    with pytest.raises(InputError, match="sides must be > 0"):
        box(0, 1, 1)
    assert cartonize([], [CUBE]) == ()


@pytest.mark.parametrize("seed", range(4))
def test_a_large_order_that_is_split_lies_in_its_cartons_without_overlap(seed):
    rng = np.random.default_rng(seed)
    items = [box(*map(float, rng.uniform(8, 18, 3)), weight_kg=0.4) for _ in range(MOST_PLACED)]
    packed = cartonize(items, [CUBE, LONG, BIG], "fit")
    assert len(packed) > 1
    assert sorted(number for one in packed for number in one.items) == list(range(MOST_PLACED))
    for one in packed:
        mine = {number: place for place, number in enumerate(one.items)}
        here = tuple(place._replace(item=mine[place.item]) for place in one.placements)
        assert is_packing([items[number] for number in one.items], one.carton, here)
        assert sum(items[number].weight_kg for number in one.items) + one.carton.tare_kg <= one.carton.max_kg + 1e-9


def test_an_order_of_very_many_items_is_packed_by_the_quick_rule():
    items = [box(4, 4, 4, weight_kg=0.1)] * (MOST_PLACED + 1)
    assert cartonize(items, [CUBE, BIG], "fit") == cartonize(items, [CUBE, BIG], "quick")
    assert cartonize(items[1:], [CUBE, BIG], "fit") != cartonize(items[1:], [CUBE, BIG], "quick")
