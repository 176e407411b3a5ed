"""Tables that stand for parts of a scenario: shifts, layout, hours of the week; good ones, and broken ones by row."""

import datetime as dt
import json

import openpyxl
import pandas as pd
import pytest

from fulfillsim.errors import ScenarioError
from fulfillsim.scenario import json_schema

WEB = "demand.channels.web"
SHIFTS = """\
role,shift,days,from,until,headcount,breaks,holidays
pickers,early,mon-fri,06:00,14:00,4,"lunch 10:00-10:30, 12:00-12:15 unpaid",true
pickers,late,,14:00,22:00,2,,
"""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def told_with(small, tmp_path):
    """Maker of the small scenario with files beside it and changes: the scenario, or the lines that refuse it."""

    def make(files, changes):
        for name, text in files.items():
            (tmp_path / name).write_text(text, "utf-8")
        try:
            return small(changes, tmp_path)
        except ScenarioError as error:
            return str(error).splitlines()

    return make


def shift_changes(source="shifts.csv"):
    return {"shifts": {"table": source}, "staff.pickers.shifts.day": None}


def test_a_sheet_of_shifts_says_the_same_as_the_scenario_would(told_with):
    written = {
        "early": {"hours": "06:00-14:00", "days": "mon-fri", "headcount": 4, "holidays": True,
                  "breaks": {"lunch": "10:00-10:30", "break_2": {"at": "12:00-12:15", "paid": False}}},
        "late": {"hours": "14:00-22:00", "headcount": 2},
    }  # fmt: skip
    from_table = told_with({"shifts.csv": SHIFTS}, shift_changes())
    by_hand = told_with({}, {"staff.pickers.shifts": written, "staff.pickers.shifts.day": None})
    assert from_table.settings.staff == by_hand.settings.staff
    assert from_table.world().staff == by_hand.world().staff
    assert "table" not in json.dumps(from_table.resolved())


def test_a_workbook_and_a_parquet_file_give_the_same_shifts(told_with, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "shifts"
    book.active.append(["role", "shift", "days", "from", "until", "headcount", "breaks", "holidays"])
    pause = "lunch 10:00-10:30, 12:00-12:15 unpaid"
    book.active.append(["pickers", "early", "mon-fri", dt.time(6), dt.time(14), 4, pause, True])
    book.active.append(["pickers", "late", None, dt.time(14), dt.time(22), 2.0, None, None])
    book.save(tmp_path / "book.xlsx")
    frame = pd.DataFrame(
        {"role": ["pickers"] * 2, "shift": ["early", "late"], "days": ["mon-fri", None], "headcount": [4, 2],
         "hours": ["06:00-14:00", "14:00-22:00"], "breaks": [pause, None], "holidays": [True, None]}
    )  # fmt: skip
    frame.to_parquet(tmp_path / "shifts.parquet")
    expected = told_with({"shifts.csv": SHIFTS}, shift_changes()).settings.staff
    for source in ("book.xlsx#shifts", "shifts.parquet"):
        assert told_with({}, shift_changes(source)).settings.staff == expected


def test_what_a_table_says_can_be_changed_taken_away_and_replaced_by_another_table(told_with):
    scenario = told_with({"shifts.csv": SHIFTS, "b.csv": SHIFTS.replace("early", "first")}, shift_changes())
    changed = scenario.vary({"staff.pickers.shifts.late.headcount": 9, "staff.pickers.shifts.early": None})
    shifts = changed.settings.staff["pickers"].shifts
    assert {name: shift.headcount for name, shift in shifts.items()} == {"late": 9}
    other = scenario.vary({"shifts.table": "b.csv"})
    assert set(other.settings.staff["pickers"].shifts) == {"first", "late"}
    assert other.content_hash() != scenario.content_hash()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("pickers,early", "piker,early", 'shifts.csv:2 column role: is no role of staff (got "piker")'
                                         " - did you mean pickers?"),
        ("late", "early", 'shifts.csv:3 column shift: is written twice for pickers, first in row 2 (got "early")'
                          " - give each row a name of its own, as early_sat"),
        (",4,", ",-4,", "shifts.csv:2 staff.pickers.shifts.early.headcount: must be at least 0 (got -4)"),
        (",4,", ",,", "shifts.csv:2 column headcount: must not be empty"),
        ("14:00,22:00", "14:00,14:00", 'shifts.csv:3 staff.pickers.shifts.late.hours: must have a length'
                                       ' (got "14:00-14:00") - write 00:00-24:00 for the whole day'),
        ("06:00", "6 am", 'shifts.csv:2 staff.pickers.shifts.early.hours: must be a clock time (got "6 am-14:00")'
                          " - write it like 14:00 or 06:00:30"),
        ("mon-fri", "mon-fry", 'shifts.csv:2 staff.pickers.shifts.early.days: must be weekdays (got "mon-fry")'
                               " - did you mean fri?"),
        ("lunch 10:00-10:30", "10.00-10.30", 'shifts.csv:2 column breaks: must be breaks (got'
                                            ' "10.00-10.30, 12:00-12:15 unpaid")'
                                            " - write them like: lunch 12:00-12:30, 15:00-15:15 unpaid"),
        ("10:00-10:30", "05:00-05:30", "shifts.csv:2 staff.pickers.shifts.early.breaks.lunch: must lie inside the shift"
                                       " - move it between the shift's hours"),
        ("headcount", "headcont", "shifts.csv:1 column headcont: is not a column here - did you mean headcount?"),
    ],
)  # fmt: skip
def test_a_broken_sheet_of_shifts_is_told_by_its_row(told_with, old, new, told):
    assert told in told_with({"shifts.csv": SHIFTS.replace(old, new)}, shift_changes())


def test_faults_of_a_table_come_together_with_those_of_the_scenario(told_with):
    changes = {**shift_changes(), "days": -1, "layout.aisles": 0}
    lines = told_with({"shifts.csv": SHIFTS.replace("pickers,late", "nobody,late")}, changes)
    assert [line.split(": ")[0] for line in lines] == ["shifts.csv:3 column role", "vary days", "vary layout.aisles"]


def test_a_table_that_is_not_there_is_told_where_it_is_named(told_with):
    lines = told_with({"shift.csv": SHIFTS}, shift_changes())
    assert lines == ['vary shifts.table: there is no such file (got "shifts.csv") - did you mean shift.csv?']


LAYOUTS = {
    "rows": "key,value\naisles,6\ncells,7\naisle_spacing_m,3.5\ncell,90 cm\n",
    "columns": "aisles,cells,aisle_spacing_m,cell,levels\n6,7,3.5,90 cm,\n",
}


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_layout_stands_in_a_sheet_by_rows_or_by_columns(told_with, kind):
    scenario = told_with({"building.csv": LAYOUTS[kind]}, {"layout": None, "layout.table": "building.csv"})
    layout = scenario.settings.layout
    assert (layout.aisles, layout.cells, layout.aisle_spacing, layout.cell, layout.levels) == (6, 7, 3.5, 0.9, 1)
    assert scenario.vary({"layout.aisles": 8}).settings.layout.aisles == 8


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("key,value\nailes,6\ncells,7\n", "building.csv:2 layout.ailes: is not a key here - did you mean aisles?"),
        ("key,value\naisles,6\ncells,0\n", "building.csv:3 layout.cells: must be at least 1 (got 0)"),
        ("key,value\naisles,6\naisles,7\ncells,7\n", 'building.csv:2 column key: is written twice (got "aisles")'
                                                     " - keep one row"),
        ("aisles,cells\n6,7\n5,5\n", "building.csv:3 column aisles: is a second row of one layout"
                                     " - keep one row, or write columns `key` and `value`"),
        ("key,value\naisles,6\ncells,7\ncell,2\n", "building.csv:4 layout.cell: must be a length; the unit is missing"
                                                   " (got 2) - write it like 2.4 m or 30 cm"),
        ("", "building.csv: holds no row - the first row names the columns, the next ones hold the values"),
    ],
)  # fmt: skip
def test_a_broken_layout_sheet_is_told_by_its_row(told_with, text, told):
    assert told_with({"building.csv": text}, {"layout": None, "layout.table": "building.csv"}) == [told]


def week(value):
    """Wide and long sheet of the same week."""
    wide = "hour," + ",".join(WEEKDAYS) + "\n"
    wide += "".join(f"{h}," + ",".join(str(value(d, h)) for d in range(7)) + "\n" for h in range(24))
    rows = [f"{WEEKDAYS[d]},{h:02d}:00,{value(d, h)}" for d in range(7) for h in range(24)]
    long = "\n".join(["weekday,hour,orders", *rows])
    return {"wide": wide, "long": long}


@pytest.mark.parametrize("kind", ["wide", "long"])
def test_a_week_by_hour_gives_the_orders_that_it_says_in_each_hour(told_with, kind):
    def value(day, hour):
        return 10 * day + hour if day < 6 else 0

    changes = {f"{WEB}.orders_per_day": None, f"{WEB}.profile.table": "week.csv", "zone": "UTC"}
    resolved = told_with({"week.csv": week(value)[kind]}, changes)
    arrivals = resolved.world().demand.channels[0].arrivals
    expected = [value(day, hour) for day in range(7) for hour in range(24)]
    assert arrivals.expected[:168].tolist() == pytest.approx(expected)
    twice = resolved.vary({f"{WEB}.orders_per_day": 2 * sum(expected) / 7}).world().demand.channels[0].arrivals
    assert twice.expected[:168].tolist() == pytest.approx([2 * n for n in expected])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hour,mon,tuu\n0,1,1\n", "week.csv:1 column tuu: must be a weekday, or hour - did you mean tue?"),
        ("hour,mon\n24,1\n", 'week.csv:2 column hour: must be an hour from 0 to 23 (got "24")'
                             " - write it like 7 or 07:00"),
        ("hour,mon\n3,-1\n", 'week.csv:2 column mon: must not be negative (got "-1")'),
        ("hour,mon\n3,1\n3,2\n", "week.csv:3 column mon: says mon, hour 3 twice - keep one of the two"),
        ("hour,mon\n3,0\n", "week.csv:2 column hour: and all others hold no order - put a value above 0 in some hour"),
        ("weekday,hour,orders\nmon,1,5\nmon,1,5\n", "week.csv:3 column hour: says mon, hour 1 twice - keep one row"),
        ("weekday,hour,order\nmon,1,5\n", "week.csv:1 column orders: is missing - is order meant?"),
        ("weekday,hour,orders\nmonn,1,5\n", 'week.csv:2 column weekday: must be weekdays (got "monn")'
                                            " - did you mean mon?"),
    ],
)  # fmt: skip
def test_a_broken_week_is_told_by_its_row(told_with, text, told):
    changes = {f"{WEB}.profile.table": "week.csv"}
    assert told in told_with({"week.csv": text}, changes)


def test_hours_beside_a_week_from_a_sheet_are_refused(told_with):
    changes = {f"{WEB}.profile.table": "week.csv", f"{WEB}.hours": {"00-24": 1}}
    lines = told_with({"week.csv": "hour,mon\n0,1\n"}, changes)
    assert f"vary {WEB}.hours: stands beside profile - take one of the two out" in lines


SLOTS = "slot,aisle,position_m\nA-1,0,1.0\nA-2,0,4.5\nB-1,3,2\n"


def test_slots_of_a_sheet_are_where_skus_lie_by_code_or_by_rule(told_with):
    changes = {"layout.slots.table": "slots.csv", "catalog": {"skus": None, "table": "skus.csv"}}
    skus = "sku,popularity,slot\nx,1,B-1\ny,5,A-2\n"
    catalog = told_with({"slots.csv": SLOTS, "skus.csv": skus}, changes).world().catalog
    assert (catalog.aisle.tolist(), catalog.position_m.tolist()) == ([3, 0], [2.0, 4.5])
    ruled = {"layout.slots.table": "slots.csv", "catalog.skus": 2, "catalog.slots": "popularity"}
    by_cell = "slot,aisle,cell\nA-1,0,1\nA-2,0,3\nB-1,3,2\n"
    catalog = told_with({"slots.csv": by_cell}, ruled).world().catalog
    assert (catalog.aisle.tolist(), catalog.position_m.tolist()) == ([0, 0], [2.0, 4.0])


@pytest.mark.parametrize(
    ("slots", "skus", "told"),
    [
        (SLOTS.replace("3,2", "4,2"), "sku\nx\n", 'slots.csv:4 column aisle: must be an aisle from 0 to 3 (got "4")'),
        (SLOTS.replace("4.5", "9"), "sku\nx\n", "slots.csv:3 column position_m: must be metres from 0 to 6,"
                                                ' the length of an aisle (got "9")'),
        (SLOTS.replace("A-2", "A-1"), "sku\nx\n", 'slots.csv:3 column slot: is written twice (got "A-1")'
                                                  " - keep one row for each"),
        (SLOTS, "sku,slot\nx,B-2\n", 'skus.csv:2 column slot: must be one of A-1, A-2, B-1 (got "B-2")'
                                     " - did you mean B-1?"),
        (SLOTS, "sku,slot,aisle\nx,B-1,0\n", "skus.csv:2 column slot: stands beside aisle"
                                             " - layout: {slots: {table: slots.csv}}, or columns aisle and position_m"),
        (SLOTS, "sku\na\nb\nc\nd\n", "vary layout: holds 3 SKUs, the catalog has 4"
                                     " - add aisles, cells, levels or slots"),
    ],
)  # fmt: skip
def test_broken_slots_are_told_by_their_row(told_with, slots, skus, told):
    changes = {"layout.slots.table": "slots.csv", "catalog": {"skus": None, "table": "skus.csv"}}
    assert told_with({"slots.csv": slots, "skus.csv": skus}, changes) == [told]


def test_the_json_schema_lets_a_table_stand_for_the_layout():
    layout = json_schema()["$defs"]["Layout"]
    assert {"required": ["table"]} in layout["anyOf"]
    assert "required" not in layout
