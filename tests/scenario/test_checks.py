"""What must hold beyond types, each with its message."""

import pytest

from fulfillsim.errors import ScenarioError
from fulfillsim.scenario import load_scenario

WEB = "demand.channels.web"
CARRIER = "delivery.carriers.parcelco"
STEPS = "fulfillment.steps"

KITS = {"kits": {"SKU-01": {"components": {"SKU-02": 1}}}, "time": "1 min"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"staff.idlers": {"shifts": {"day": {"hours": "08:00-16:00", "headcount": 1}}}}, "no station uses"),
        (
            {"staff.pickers.skills.pakcing": 1},
            "names the station pakcing, which is not there (got 1) - did you mean packing?",
        ),
        ({"staff.pickers.skills.packing": None}, "is the station packing, which nobody can serve"),
        ({"staff.pickers.shifts.day.headcount": 0}, "nobody can serve"),
        ({"staff.pickers.shifts.day.breaks": {"nap": "07:00-07:30"}}, "must lie inside the shift"),
        ({"staff.pickers.shifts.day.breaks.tea": "12:15-12:45"}, "tea: overlaps lunch"),
        (
            {"staff.pickers.shifts.day.agency": {"rate": "30 EUR/h"}},
            "staff.pickers.shifts.day.agency: has a rate and no notice",
        ),
        ({"staff.pickers.assignment": "longest"}, "names the assignment longest, which is not there"),
        ({"fulfillment.paths.few": {"when": {"lines": {"least": 3, "most": 2}}}}, "few.when.lines: no order meets it"),
        ({"fulfillment.paths.few": {"when": {"zones": {"near": False, "far": False}}}}, "zones: no order meets it"),
        ({"fulfillment.paths.few": {"when": {"zones": {"neer": True}}}}, "names the zone neer, which is not there"),
        (
            {"fulfillment.paths": {"a": {"when": {"lines": 1}}, "b": {"when": {"lines": 1, "zones": {"far": True}}}}},
            "fulfillment.paths.b.when: no order meets it: a, which is asked before, takes all of them",
        ),
        ({"fulfillment.paths.others": {"when": {"lines": 1}}}, "others: is the name of the orders that no path takes"),
        (
            {"fulfillment.paths.few": {"when": {}, "picking": {"time": "1 min"}}},
            "is the station few_picking, which nobody",
        ),
        ({f"{STEPS}.packing.paths": {"few": True}}, "names the path few, which is not there"),
        ({f"{STEPS}.packing.paths": {"others": False}}, "packing.paths: is a step that no path reaches"),
        ({f"{STEPS}.packing.wall": {"positions": 9, "until": "packing"}}, "wall.until: packing does not come later"),
        ({f"{STEPS}.packing.rework": {"to": "picking"}}, "rework: never fails: it has neither prob nor mispicks"),
        (
            {"fulfillment.release": {"rule": "waves", "waves": {"noon": {"at": "12:00", "departures": {}}}}},
            "noon.departures: is a wave that names no departure",
        ),
        (
            {"fulfillment.release": {"rule": "waves", "waves": {"noon": {"at": "12:00", "departures": {"x/y": True}}}}},
            "names the pickup x/y, which is not there",
        ),
        (
            {"fulfillment.picking.batch.budget": "10s"},
            'budget: must be a whole number of steps, never a time (got "10s") - figures must not depend on',
        ),
        ({"communication.policy": "milestone"}, "did you mean milestones?"),
        (
            {"communication.policy": "proactive", "delivery": None},
            "communication.policy: proactive looks for orders that will be late, and nothing is promised",
        ),
        ({"fulfillment.picking.consolidation": 9}, "consolidation: joins the parts of several zones, and there is one"),
        ({"inventory.suppliers": None}, "no SKU can be replenished"),
        (
            {
                "assembly": {
                    **KITS,
                    "kits": {"SKU-01": {"components": {"SKU-02": 1}}, "SKU-02": {"components": {"SKU-01": 2}}},
                }
            },
            "assembly.kits.SKU-02.components.SKU-01: makes a circle: SKU-01 -> SKU-02 -> SKU-01 (got 2)",
        ),
        ({"assembly": {**KITS, "kits": {"SKU-01": {"components": {"SKU-01": 1}}}}}, "circle: SKU-01 -> SKU-01"),
        ({"assembly": {**KITS, "kits": {"SKU-01": {}}}}, "assembly.kits.SKU-01: is a kit without components"),
        ({"assembly": {"time": "1 min"}}, "assembly: has no kits"),
        ({"assembly": {"kits": KITS["kits"]}}, "assembly.kits.SKU-01.time: is missing"),
        ({"assembly": KITS}, "assembly: is the station assembly, which nobody can serve"),
        (
            {"assembly": {**KITS, "benches": {"table": {"positions": 3}}}},
            "assembly.benches.table: is the station table, which nobody can serve",
        ),
        ({"assembly": {**KITS, "benches": {"one": {}, "two": {}}}}, "SKU-01.bench: is missing: there are several"),
        (
            {"assembly": {**KITS, "kits": {"SKU-01": {"components": {"SKU-99": 1}}}}},
            "components.SKU-99: names the SKU SKU-99, which is not there",
        ),
        (
            {"assembly": {**KITS, "make": "to_stock"}, "inventory.rule": "none", "inventory.on_hand": 9},
            "SKU-01: is made to stock, and nothing is replenished",
        ),
        (
            {"assembly": KITS, "fulfillment.picking.errors": {"short": 0.1, "when_short": "partial"}},
            "errors.when_short: is partial, and a kit is not made without a component",
        ),
        ({"catalog": {"skus": 3, "items": {"bottle": {}}}}, "catalog.items: stands beside skus"),
        ({"catalog": {"items": {"bottle": {"popularity": 0}}}}, "items: has no SKU that anybody orders"),
        ({"inventory.sourcing": "cheepest"}, "names the supplier choice cheepest, which is not there"),
        ({"inventory.sourcing": {"table": "o.csv"}}, "inventory.sourcing.table: is not looked at by by_share"),
        (
            {"inventory.suppliers.acme.parts": {"first": {"share": "60 %"}}},
            "suppliers.acme.parts: shares must sum to 1, here 0.6",
        ),
        ({"inventory.suppliers.acme.short": {"prob": 1}}, "acme.short.prob: must be less than 1"),
        ({"inventory.rule": "none", "inventory.start": "given"}, "no SKU has stock or a supplier"),
        (
            {"inventory.forward": {"capacity": 4, "time": "4 min"}, f"{WEB}.units": {"shares": {"1": 0.9, "5": 0.1}}},
            "inventory.forward.capacity: is below one pick, which takes up to 5 units (got 4) - at least 5",
        ),
        (
            {"inventory.forward": {"capacity": 9, "minimum": 9, "time": "4 min"}},
            "inventory.forward.minimum: must be below the capacity (got 9) - leave it out for a third of the capacity",
        ),
        (
            {"inventory.records": {"wrong": 0.1, "after_short": "count"}},
            "inventory.records.after_short: asks for a count, and nobody counts",
        ),
        ({"inventory.records": {"counts": {"time": "1 min"}}}, "is the station counting, which nobody can serve"),
        (
            {"inventory.records": {"wrong": 0.1}, "fulfillment.picking": None},
            "differ from a shelf that nobody picks from",
        ),
        ({"inventory.records": {"counts": {"classes": {"D": 1}}}}, "records.counts.classes"),
        ({"inventory.forward": {"time": "4 min"}}, "is the station replenishment, which nobody can serve"),
        ({"inventory.forward": {"time": "4 min"}, "fulfillment.picking": None}, "are slots that nobody picks from"),
        ({f"{CARRIER}.pickups.night": "22:00"}, "leaves at 22:00 after the last shift of mon, which ends at 18:30"),
        ({f"{CARRIER}.pickups.night": {"capacity": 5}}, "must have either a time or `every`"),
        ({"fulfillment.picking.time": "3 min"}, "is an all-in rate beside a walked tour"),
        ({"fulfillment.picking.tour.routing": "s_shap"}, "did you mean s_shape?"),
        ({"fulfillment.picking.tour": None}, "must have a tour or a time"),
        ({"layout": None}, "needs a layout"),
        ({"layout.cells": 1}, "holds 8 SKUs, the catalog has 40"),
        ({"layout.depot_aisle": 4}, "layout.depot_aisle: must be below 4 (got 4) - aisles count from 0"),
        ({"layout.end_cross_aisle": 2}, "layout.end_cross_aisle: must be below 2 (got 2) - cross-aisles count from 0"),
        (
            {"layout.blocks": 2, "fulfillment.picking.tour.routing": "midpoint"},
            'fulfillment.picking.tour.routing: midpoint is defined for one block, this layout has 2 (got "midpoint")',
        ),
        (
            {"layout.blocks": 2, "layout.cross_aisles": {"front": "0 m", "back": "40 m"}},
            "layout.cross_aisles: has 2 entries, 2 blocks have 3 cross-aisles",
        ),
        ({"layout.cross_aisles": {"front": "1 m", "back": "9 m"}}, "cross_aisles.front: must be 0 m"),
        (
            {"layout.cross_aisles": {"front": "0 m", "back": "5 m"}},
            "cross_aisles.back: ends a block of 5 m, whose 5 cells need 6 m",
        ),
        ({f"{WEB}.zone_shares": {"neer": 1}}, "names the zone neer, which is not there (got 1) - did you mean near?"),
        ({"zones.far.share": 0.3}, "shares must sum to 1, here 0.9"),
        ({"services.standard.carriers": {"parcelco/grund": True}}, "did you mean parcelco/ground?"),
        ({"services.standard.carriers": {"parcel": True}}, "names the carrier service parcel, which is not there"),
        (
            {
                f"{CARRIER}.services.express": {"transit": 1},
                "services.standard.carriers": {"parcelco": True},
            },
            "services.standard.carriers.parcelco: names the carrier parcelco, which has 2 services (got true) - "
            "name one of parcelco/express, parcelco/ground",
        ),
        (
            {"services.standard.carriers": {"parcelco": True, "parcelco/ground": False}},
            "names parcelco/ground again, after parcelco",
        ),
        ({"services.standard.carriers": {"parcelco": False}}, "carriers: leaves no carrier service"),
        ({"delivery.choice": "cheepest"}, "names the carrier choice cheepest, which is not there"),
        ({"fulfillment.picking.batch.policy": "first"}, 'which is not there (got "first") - did you mean first_come?'),
        ({"services.standard.promise": "fixed_days"}, "days: is missing for fixed_days"),
        ({"services.standard.promise": "quantil"}, "names the promise policy quantil, which is not there"),
        (
            {"services.standard.promise": "quantile", f"{CARRIER}.services.ground.loss": "6 %"},
            "services.standard.kept: is more than can be kept: a carrier service loses 0.06 of its parcels",
        ),
        ({f"{CARRIER}.services.ground.transit.far": None}, "no carrier takes it to the zone far"),
        ({f"{CARRIER}.services.ground.late": {"0": 0.9}}, "late: shares must sum to 1"),
        ({f"{STEPS}.check": {"after": "wrapping", "time": "1s", "staffed": False}}, "names the step wrapping"),
        (
            {f"{STEPS}.check": {"after": "picking", "time": "1s", "staffed": False}},
            "comes after picking, as packing does",
        ),
        (
            {
                f"{STEPS}.a": {"after": "b", "time": "1s", "staffed": False},
                f"{STEPS}.b": {"after": "a", "time": "1s", "staffed": False},
            },
            "goes in a circle: a, b",
        ),
        ({f"{STEPS}.packing.rework": {"to": "nowhere", "prob": 0.1}}, "names the step nowhere"),
        ({f"{WEB}.rate": "10/h"}, "stands beside orders_per_day"),
        ({f"{WEB}.orders_per_day": None}, "must have one of orders_per_day, rate, headway"),
        ({f"{WEB}.kind": "phone"}, "capture: is missing for kind phone"),
        ({f"{WEB}.lines": None}, "lines: is missing beside a catalog"),
        ({"catalog": None, "inventory": None, "layout": None}, "needs a catalog"),
        ({"staff.pickers.wage": "18 USD/h"}, "is in USD, the scenario in EUR"),
        ({"targets": {"on_time_shipmnt": ">= 0.9"}}, "did you mean on_time_shipment?"),
        (
            {"targets": {"on_time_shipment": ">= 98"}},
            'targets.on_time_shipment: must be between 0 and 1, as all shares (got ">= 98") - write ">= 98 %"',
        ),
        ({"services": {}}, "services: changes nothing: an empty mapping adds no key - write null to take all of it"),
        ({"fulfillment.release.rule": "waves"}, "waves: is missing"),
        (
            {"targets": {"on_time_shipment": ">= 0.9"}, "delivery": None},
            "on_time_shipment: is about on_time_shipment, which needs `delivery`, and the scenario leaves",
        ),
        ({"targets.fill_rate": ">= 0.9", "inventory": None}, "add inventory, or take the target out"),
        ({"targets.promises_kept": ">= 0.9"}, "needs `communication`"),
    ],
)
def test_parts_that_do_not_fit_are_refused(faults, changes, told):
    assert any(told in line for line in faults(changes)), faults(changes)


def test_a_target_about_a_feature_that_is_not_used_is_refused_before_anything_runs(small):
    scenario = small({"targets": {"absence_hours.pickers": "<= 3", "carton_fill": ">= 0.5"}})
    with pytest.raises(ScenarioError) as caught:
        scenario.world()
    told = "is about something that this scenario does not have"
    assert [(fault.path, fault.rule) for fault in caught.value.faults] == [
        ("targets.absence_hours.pickers", told),
        ("targets.carton_fill", told),
    ]


def test_delivery_without_processing_promises_from_the_moment_of_ordering(small):
    left_out = small({"processing": None})
    assert left_out.resolved() == small().resolved()
    assert left_out.world().processing == small().world().processing
    assert small({"processing": None, "delivery": None}).settings.processing is None


def test_too_little_staff_is_a_warning_and_no_fault(small):
    scenario = small({"fulfillment.steps.packing.time": "3h"})
    assert "queues only grow" in str(scenario.warnings[0])


def test_missing_tables_and_histories_are_faults_where_they_are_named(faults):
    assert "there is no such file" in faults({"catalog.table": "no.csv", "catalog.skus": None})[0]
    history = {"file": "no.csv", "one_row_per": "line", "columns": {"order": "o", "placed": "t", "sku": "s"}}
    assert 'demand.history.file: must be a file that exists (got "no.csv")' in faults({"demand.history": history})[0]
    broken = {**history, "drop": {"returns": {"column": "q", "under": 0}}}
    assert faults({"demand.history": broken}) == [
        "demand.history.drop.returns: must have a known test (got under) - "
        "tests are starts_with, in, matches, below, above, missing"
    ]


def test_a_file_that_extends_itself_through_another_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\n")
    with pytest.raises(ScenarioError, match="goes in a circle"):
        load_scenario(tmp_path / "a.yaml")
