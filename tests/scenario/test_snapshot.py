"""A snapshot is refused by row where it contradicts the scenario or itself, and read by a column map."""

import openpyxl
import pytest

from fulfillsim.domain.records import Milestone
from fulfillsim.errors import ScenarioError

FILES = {
    "orders.csv": """\
order,placed,stage,since,promise,due,channel
A,2026-03-01T20:00,dock,2026-03-02T09:00,2026-03-03,2026-03-02T18:00,web
B,2026-03-02T08:00,picking,2026-03-02T09:30,2026-03-03,,web
""",
    "lines.csv": "order,sku,units\nA,SKU-01,1\nB,SKU-02,3\n",
    "stock.csv": "sku,on_hand\nSKU-01,5\nSKU-02,3\n",
    "on_order.csv": "sku,units,due\nSKU-01,10,2026-03-03\n",
    "people.csv": "role,shift,heads\npickers,day,3\n",
}
TABLES = {name.removesuffix(".csv"): {"table": name} for name in FILES}
GIVEN = {"begin": "given", "snapshot": {"at": "2026-03-02T10:00", **TABLES}}


@pytest.fixture
def site(small, tmp_path):
    """Maker of the small scenario with a snapshot, some of its files and settings changed."""

    def make(changes=None, **files):
        for name, text in {**FILES, **{f"{part}.csv": text for part, text in files.items()}}.items():
            (tmp_path / name).write_text(text, "utf-8")
        return small({**GIVEN, **(changes or {})}, tmp_path)

    return make


def refused(site, changes=None, **files):
    with pytest.raises(ScenarioError) as caught:
        site(changes, **files)
    return str(caught.value).splitlines()


def test_a_snapshot_says_where_orders_stand_and_who_is_there(site):
    world = site().world()
    snapshot = world.snapshot
    assert snapshot.stage == ("dock", "picking")
    assert snapshot.orders.arrival_s.tolist() == [-4 * 3600.0, 8 * 3600.0]
    assert snapshot.promise_s.tolist() == [2 * 86_400.0 - 1.0] * 2
    assert world.inventory.on_hand[:3].tolist() == [5, 3, 0]
    (role,) = world.staff
    first, second = role.shifts[0].duties[:2]
    assert (first.start_s, first.heads, first.is_known) == (10 * 3600.0, 3, True)
    assert (second.start_s - 86_400.0, second.heads) == (8 * 3600.0, None)
    assert world.delivery.carriers[0].departures[0].time_s == 18 * 3600.0


@pytest.mark.parametrize(
    ("part", "text", "told"),
    [
        ("orders", "order,placed,stage\nA,2026-03-01,packin\nB,2026-03-01,dock\n",
         'orders.csv:2 column stage: is a stage that the scenario lacks (got "packin") - did you mean packing?'),
        ("orders", "order,placed,stage\nA,2026-03-01,dock\nB,2026-03-02T11:00,dock\n",
         "orders.csv:3 column placed: lies after the snapshot was taken - mend it, or take the order out"),
        ("orders", "order,placed,stage,promise\nA,2026-03-01,dock,2026-02-27\nB,2026-03-02,dock,\n",
         "orders.csv:2 column promise: lies before the order was placed - mend one of the two"),
        ("orders", "order,placed,stage,since\nA,2026-03-01,dock,2026-02-27\nB,2026-03-02,dock,\n",
         "orders.csv:2 column since: must lie between `placed` and the snapshot - mend one of the three"),
        ("orders", "order,placed,stage\nA,2026-03-01,dock\nB,2026-03-01T10:00+01:00,dock\n",
         "orders.csv:3 column placed: must be a local time, without an offset (got \"2026-03-01T10:00+01:00\") "
         "- write it like 2026-03-02T10:00"),
        ("orders", "order,placed,stage\nA,2026-03-01,dock\nA,2026-03-01,dock\nB,2026-03-01,dock\n",
         'orders.csv:3 column order: is written twice, first in row 2 (got "A") - keep one row'),
        ("lines", "order,sku,units\nA,SKU-01,1\nB,SKU-99,3\n",
         'lines.csv:3 column sku: is no SKU of the scenario (got "SKU-99") - did you mean SKU-39?'),
        ("lines", "order,sku,units\nA,SKU-01,1\n",
         "lines.csv column order: has no row for the order B - add its lines"),
        ("lines", "order,sku,units\nA,SKU-01,0\nB,SKU-02,1\n",
         "lines.csv:2 column units: must be at least 1 (got \"0\")"),
        ("stock", "sku,on_hand\nSKU-01,5\nSKU-02,2\n",
         "stock.csv:3 column on_hand: is less than the 3 units that open orders have set aside of SKU-02 (got 2) "
         "- count again"),
        ("on_order", "sku,units,due\nSKU-01,10,soon\n",
         'on_order.csv:2 column due: must be a local time (got "soon") - write it like 2026-03-02T10:00'),
        ("people", "role,shift,heads\npiker,day,3\n",
         'people.csv:2 column role: is no role of the scenario (got "piker") - did you mean pickers?'),
        ("people", "role,shift,heads\npickers,night,3\n",
         'people.csv:2 column shift: is no shift of pickers (got "night") - there are day'),
    ],
)  # fmt: skip
def test_a_table_of_a_snapshot_is_refused_by_row(site, part, text, told):
    assert refused(site, **{part: text}) == [told]


def test_in_an_hour_that_the_clock_shows_twice_what_follows_is_not_read_as_before(site):
    """On 25 October 2026 the clock in Berlin goes back from 3:00 to 2:00: 2:50 is 2:50 after midnight, 2:10 is 3:10."""
    times = {"start": "2026-10-25", "zone": "Europe/Berlin", "snapshot.at": "2026-10-25T10:00"}
    orders = """\
order,placed,stage,since,received,cleared,promise
A,2026-10-25T02:50,dock,2026-10-25T02:10,2026-10-25T02:55,2026-10-25T02:05,
B,2026-10-25T01:30,picking,2026-10-25T02:10,2026-10-25T01:40,2026-10-25T02:05,
"""
    snapshot = site(times, orders=orders, on_order="sku,units,due\nSKU-01,10,2026-10-27\n").world().snapshot
    minute = 60.0
    assert snapshot.orders.arrival_s.tolist() == [90 * minute, 170 * minute]
    assert snapshot.since_s.tolist() == [130 * minute, 190 * minute]
    assert snapshot.moments[Milestone.RECEIVED].tolist() == [100 * minute, 175 * minute]
    assert snapshot.moments[Milestone.CLEARED].tolist() == [125 * minute, 185 * minute]


def test_a_snapshot_and_the_word_for_it_belong_together(site):
    assert refused(site, {"begin": "empty"}) == [
        "vary snapshot: is not looked at: the run begins empty - write begin: given, or take it out"
    ]
    (told,) = refused(site, {"snapshot.at": "2026-03-04T10:00"})
    assert "must lie on the first day, 2026-03-02" in told


def test_columns_and_stages_go_by_the_names_of_the_export(site, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "open"
    book.active.append(["Auftrag", "Eingang", "Status", "Lager"])
    book.active.append(["A", "2026-03-01T20:00", "Versandbereit", "x"])
    book.active.append(["B", "2026-03-02T08:00", "In Pick", "x"])
    book.save(tmp_path / "wms.xlsx")
    plan = {
        "table": "wms.xlsx#open",
        "columns": {"order": "Auftrag", "placed": "Eingang", "stage": "Status"},
        "stages": {"Versandbereit": "dock", "In Pick": "picking"},
    }
    assert site({"snapshot.orders": plan}).world().snapshot.stage == ("dock", "picking")
    (told,) = refused(site, {"snapshot.orders": {**plan, "columns": {**plan["columns"], "promis": "Lager"}}})
    assert "snapshot.orders.columns.promis: is no column here - did you mean promise?" in told


def test_a_beginning_that_is_given_needs_a_snapshot(faults):
    assert faults({"begin": "given"}) == [
        'begin: is given, but there is no snapshot (got "given") - name its tables under snapshot'
    ]


def test_an_empty_beginning_needs_no_warm_up_and_no_stock(small):
    world = small({"begin": "empty"}).world()
    assert world.days.n_warm_up == 0
    assert world.inventory.start == "given"
