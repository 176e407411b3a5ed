"""Kits of a file: bills of material in the scenario and in tables, and what the build makes of them."""

from math import ceil

import numpy as np
import pytest

from fulfillsim.errors import ScenarioError
from fulfillsim.kpi import check_conservation, compute
from fulfillsim.scenario import load_scenario, scenario_from
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape

GIFTS = {
    "schema": 1,
    "name": "gifts",
    "start": "2026-03-02",
    "days": 1,
    "demand": {"channels": {"web": {"orders_per_day": 100, "lines": 1}}},
    "catalog": {
        "items": {
            "box": {"popularity": 3},
            "hamper": {"popularity": 1, "weight": "5 kg"},
            "wine": {"popularity": 1, "weight": "1.3 kg"},
            "glass": {"popularity": 0, "weight": "200 g", "hazmat": True},
        }
    },
    "assembly": {
        "time": "2 min",
        "kits": {
            "box": {"components": {"wine": 1, "glass": 2}, "make": "to_stock", "lead_time": "2 days"},
            "hamper": {"components": {"box": 1, "glass": 4}},
        },
    },
    "inventory": {"rule": "rq", "order_cover": "10 days", "suppliers": {"acme": {"lead_time": "4 days"}}},
    "fulfillment": {"steps": {"packing": {"time": "1 min"}}},
    "staff": {
        "crew": {"skills": {"assembly": 1, "packing": 2}, "shifts": {"day": {"hours": "always", "headcount": 1}}}
    },
}
BOM = "kit,component,units\nbox,wine,\nbox,glass,2\nhamper,box,1\nhamper,glass,4\n"


def without_bom():
    kits = {
        name: {k: v for k, v in kit.items() if k != "components"} for name, kit in GIFTS["assembly"]["kits"].items()
    }
    return {**GIFTS, "assembly": {**GIFTS["assembly"], "kits": kits, "table": "bom.csv"}}


def test_kits_stand_after_their_components_and_look_through_those_made_to_order():
    world = scenario_from(GIFTS).world()
    names = world.catalog.names
    assert [names[kit.sku] for kit in world.assembly.kits] == ["box", "hamper"]
    box, glass, hamper, wine = (names.index(name) for name in ("box", "glass", "hamper", "wine"))
    assert world.assembly.needs[hamper] == [(box, 1), (glass, 4)]  # boxes are taken from the shelf
    assert world.assembly.needs[box] == [(glass, 2), (wine, 1)]
    assert world.assembly.to_order == {hamper}


def test_kits_weigh_what_their_components_do_unless_the_file_says_so_and_are_as_dangerous():
    catalog = scenario_from(GIFTS).world().catalog
    weight = dict(zip(catalog.names, catalog.weight_kg.tolist(), strict=True))
    assert weight["box"] == pytest.approx(1.7)
    assert weight["hamper"] == 5.0
    assert catalog.hazmat.tolist() == [True, True, True, False]


def test_levels_see_what_kits_take():
    """A hundred lines of one unit a day: 60 boxes, 20 hampers, 20 bottles of wine.

    Hampers take 20 boxes more; boxes are 80 a day, so wine is 100 and glass 160 + 80 a day.
    """
    world = scenario_from(GIFTS).world()
    stock, names = world.inventory, world.catalog.names
    quantity = dict(zip(names, stock.order_quantity.tolist(), strict=True))
    assert quantity == {"box": 800, "hamper": 1, "wine": 1000, "glass": 2400}
    reorder = dict(zip(names, stock.reorder_point.tolist(), strict=True))
    z = 1.6448536269514722
    assert reorder["box"] == ceil(80 * 2 + z * np.sqrt(80 * 2))  # the work order's two days, not the supplier's four
    assert reorder["glass"] == ceil(240 * 4 + z * np.sqrt(240 * 4))
    assert reorder["hamper"] == -1
    assert dict(zip(names, stock.supplier.tolist(), strict=True)) == {"box": -1, "hamper": -1, "wine": 0, "glass": 0}


def test_a_table_of_bills_of_material_makes_the_same_kits(tmp_path):
    (tmp_path / "bom.csv").write_text(BOM)
    assert scenario_from(without_bom(), tmp_path).world().assembly == scenario_from(GIFTS).world().assembly


@pytest.mark.parametrize(
    ("bom", "told"),
    [
        (BOM + "box,hamper,1\n", "bom.csv:4 assembly.kits.hamper.components.box: makes a circle: box -> hamper -> box"),
        (BOM + "box,glass,3\n", "bom.csv:6 column component: is written twice for box, first in row 3"),
        (BOM + "box,glas,3\n", "bom.csv:6 assembly.kits.box.components.glas: names the SKU glas, which is not there"),
        (BOM + "box,hamper,-1\n", "must be at least 1"),
        (BOM.replace("units", "unit"), "bom.csv:1 column unit: is not a column here - did you mean units?"),
    ],
)
def test_faults_of_a_bill_of_material_are_told_with_their_row(tmp_path, bom, told):
    (tmp_path / "bom.csv").write_text(bom)
    with pytest.raises(ScenarioError) as caught:
        scenario_from(without_bom(), tmp_path)
    assert told in str(caught.value)


def test_a_component_that_nobody_supplies_is_refused(tmp_path):
    (tmp_path / "offers.csv").write_text("sku,supplier\nwine,acme\n")
    changes = {"inventory.sourcing": {"policy": "cheapest", "table": "offers.csv"}}
    with pytest.raises(ScenarioError, match=r"inventory\.sourcing: leaves 1 SKUs without stock or supplier: glass"):
        scenario_from(GIFTS, tmp_path).vary(changes)


def test_a_kit_of_a_catalog_from_a_table_must_be_in_it(tmp_path):
    (tmp_path / "skus.csv").write_text("sku\nbox\nwine\nglass\n")
    with pytest.raises(ScenarioError, match=r"assembly\.kits\.hamper: is no SKU of the catalog"):
        scenario_from({**GIFTS, "catalog": {"table": "skus.csv"}}, tmp_path)


def test_a_kit_made_to_order_has_no_level(tmp_path):
    told = "is a kit made to order, which has no stock of its own"
    with pytest.raises(ScenarioError, match=rf"inventory\.levels\.hamper: {told}"):
        scenario_from(GIFTS).vary({"inventory.levels": {"hamper": {"on_hand": 3}}})
    (tmp_path / "stock.csv").write_text("sku,on_hand\nbox,9\nhamper,3\n")
    with pytest.raises(ScenarioError, match=rf"stock\.csv:3 column sku: {told}"):
        scenario_from(GIFTS, tmp_path).vary({"inventory.table": "stock.csv"})


def test_a_sku_has_one_supplier_or_a_choice():
    changes = {"inventory.sourcing": "cheapest", "inventory.levels": {"wine": {"supplier": "acme"}}}
    with pytest.raises(ScenarioError, match=r"levels\.wine\.supplier: stands beside sourcing cheapest"):
        scenario_from(GIFTS).vary(changes)


def test_levels_of_single_skus_stand_over_all_others():
    stock = scenario_from(GIFTS).vary({"inventory.levels": {"box": {"reorder_point": 7, "order_quantity": 30}}})
    world = stock.world()
    box = world.catalog.names.index("box")
    assert (world.inventory.reorder_point[box], world.inventory.order_quantity[box]) == (7, 30)
    with pytest.raises(ScenarioError, match=r"inventory\.levels\.bax: is no SKU"):
        scenario_from(GIFTS).vary({"inventory.levels": {"bax": {"on_hand": 1}}}).world()


def test_offers_of_a_table_have_their_prices_and_are_made_once(tmp_path):
    table = "sku,supplier,price\nbox,acme,\nwine,acme,2.5\nglass,acme,1\n"
    (tmp_path / "offers.csv").write_text(table)
    changes = {
        "inventory.sourcing": {"policy": "cheapest", "table": "offers.csv"},
        "inventory.suppliers.acme.price": 1.5,
        "catalog.price": 4,
    }
    world = scenario_from(GIFTS, tmp_path).vary(changes).world()
    offers = dict(zip(world.catalog.names, world.inventory.sourcing.offers, strict=True))
    assert offers == {"box": ((0, 6.0),), "wine": ((0, 2.5),), "glass": ((0, 1.0),), "hamper": ()}
    (tmp_path / "offers.csv").write_text(table + "wine,acme,3\n")
    with pytest.raises(ScenarioError, match=r"offers\.csv:5 column sku: is offered by acme a second time"):
        scenario_from(GIFTS, tmp_path).vary(changes)


def test_the_maker_of_gift_boxes_loses_nothing_and_his_printer_costs_him_more_than_his_benches():
    """What the header of the shipped scenario says, on the same customers and the same luck."""
    plain = load_scenario("assembly").vary({"days": 14})
    wider = plain.vary({"assembly.benches.table.positions": 12})
    whole = plain.vary({"inventory.suppliers.printer.short.prob": 0})
    held_up = []
    for scenario in (plain, wider, whole):
        world = scenario.world()
        trace = run(world, draw_tape(world, 1, 0))
        check_conservation(world, trace)
        values = {value.name: value.value for value in compute(world, trace)}
        assert values["kits_per_day"] > 200
        held_up.append(values["kit_orders_held_up"])
    as_it_is, with_room, with_ribbons = held_up
    assert with_ribbons < as_it_is - 0.01
    assert abs(with_room - as_it_is) < 0.01
