"""The workbook of a result: sheets a planner can read, and figures that are those of the result."""

import openpyxl
import pytest

import fulfillsim as fs
from fulfillsim.errors import InputError
from fulfillsim.report.workbook import write_workbook


@pytest.fixture(scope="module")
def result():
    shop = fs.load_scenario("phone_and_store").vary({"days": 2, "warm_up": "1 day", "catalog.skus": 100})
    return fs.simulate(shop, replications=2, jobs=1, by=["day"])


@pytest.fixture(scope="module")
def book(result, tmp_path_factory):
    file = result.to_excel(tmp_path_factory.mktemp("book") / "result.xlsx", by=["channel"])
    return openpyxl.load_workbook(file)


def table(sheet):
    titles, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def test_there_is_a_sheet_for_each_question(book):
    assert book.sheetnames == ["KPIs", "By day", "By hour and role", "Orders", "By channel", "About"]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet["A1"].font.bold
        assert sheet.auto_filter.ref.startswith("A1:")


def test_kpis_are_those_of_the_result_with_formats_of_their_units(book, result):
    rows = {row["KPI"]: row for row in table(book["KPIs"])}
    for line in result.lines():
        if line.kpi in ("on_time_shipment", "throughput", "total_cost"):
            assert rows[line.kpi]["mean"] == pytest.approx(line.estimate.estimate)
            assert rows[line.kpi]["± (95 %)"] == pytest.approx(line.estimate.half_width)
    forms = {sheet_row[0].value: sheet_row[1].number_format for sheet_row in book["KPIs"].iter_rows(min_row=2)}
    assert forms["on_time_shipment"] == "0.0%"
    assert forms["total_cost"] == "#,##0.00"


def test_days_add_up_to_the_window(book, result):
    days = table(book["By day"])
    assert [day["weekday"] for day in days] == ["Mon", "Tue"]
    placed = next(line.estimate.estimate for line in result.lines() if line.kpi == "n_placed")
    assert sum(day["placed (orders)"] for day in days) == pytest.approx(placed)


def test_hours_of_roles_are_hours_people_were_there(book):
    rows = table(book["By hour and role"])
    assert {row["role"] for row in rows} == {"agents", "sales", "warehouse"}
    assert all(row["hours busy"] <= row["hours present"] + 1e-9 for row in rows)
    assert all(8 <= row["hour"].hour < 19 for row in rows)


def test_orders_have_local_times_and_a_cause_where_they_were_late(book, result):
    rows = table(book["Orders"])
    late = result.to_frame("orders")["late_because"].notna().sum()
    assert sum(row["late because"] is not None for row in rows) <= late
    placed = [row["placed"] for row in rows]
    assert min(placed).year == 2026
    assert placed == sorted(placed)


def test_a_workbook_without_its_ending_is_refused(result, tmp_path):
    with pytest.raises(InputError, match=r"a workbook ends in \.xlsx"):
        write_workbook(result, tmp_path / "result.xls")
    assert not list(tmp_path.iterdir())
