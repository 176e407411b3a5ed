import gzip
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from fulfillsim.errors import DataError
from fulfillsim.io.history import catalog_of, load_history, to_history, whole_weeks_to
from fulfillsim.io.local_time import local_times, seconds_of
from fulfillsim.io.mapping import DropRule, HistoryMapping

SHOP = HistoryMapping(order="order", placed="placed", sku="sku", quantity="quantity")
FOUR_LINES = """order,placed,sku,quantity
b,2011-05-12 09:00:00,apple,2
a,2011-05-12 08:00:00,pear,1
b,2011-05-12 09:00:00,007,3
b,2011-05-12 09:00:00,apple,4
"""
RETAIL = HistoryMapping(
    order="InvoiceNo",
    placed="InvoiceDate",
    sku="StockCode",
    quantity="Quantity",
    zone="Country",
    drop=(
        DropRule("cancellations", "InvoiceNo", "starts_with", "C"),
        DropRule("not_goods", "StockCode", "in", ("POST", "DOT", "M")),
        DropRule("corrections", "Quantity", "below", 1),
    ),
    times="first",
    translate={"zone": {"United Kingdom": "domestic", "*": "abroad"}},
)


def complaint(call) -> list[str]:
    with pytest.raises(DataError) as caught:
        call()
    return str(caught.value).splitlines()


def test_orders_come_in_order_of_arrival_and_the_same_sku_twice_is_one_line(write):
    table = load_history(write(FOUR_LINES), SHOP)
    assert table.order_id == ("a", "b")
    assert [table.sku_names[i] for i in table.sku] == ["pear", "apple", "007"]
    assert table.quantity.tolist() == [1, 6, 3]
    assert table.line_start.tolist() == [0, 1, 3]
    assert table.counts == {
        "rows read": 4,
        "lines merged: same SKU twice in an order": 1,
        "orders kept": 2,
        "lines kept": 3,
        "units kept": 10,
    }


def test_gzipped_csv_and_parquet_say_the_same_as_csv(write, tmp_path):
    plain = load_history(write(FOUR_LINES), SHOP)
    zipped = load_history(write(gzip.compress(FOUR_LINES.encode()), "o.csv.gz"), SHOP)
    frame = pd.read_csv(write(FOUR_LINES), dtype={"sku": str})
    frame.assign(placed=pd.to_datetime(frame["placed"])).to_parquet(tmp_path / "o.parquet")
    packed = load_history(tmp_path / "o.parquet", SHOP)
    for other in (zipped, packed):
        assert (other.order_id, other.sku_names) == (plain.order_id, plain.sku_names)
        assert other.counts == plain.counts
        assert (other.arrival == plain.arrival).all()
        assert (other.sku == plain.sku).all()


def test_one_row_per_unit_counts_rows_and_calls_nothing_merged(write):
    units = HistoryMapping(order="o", placed="t", sku="s", one_row_per="unit")
    table = load_history(write("o,t,s\n1,2011-01-03,x\n1,2011-01-03,x\n1,2011-01-03,y\n"), units)
    assert table.quantity.tolist() == [2, 1]
    assert not any("merged" in what for what in table.counts)


def test_one_row_per_order_makes_a_repeated_id_a_duplicate_and_allows_orders_without_lines(write):
    orders = HistoryMapping(order="o", placed="t", one_row_per="order")
    assert load_history(write("o,t\n1,2011-01-03\n2,2011-01-04\n"), orders).line_start.tolist() == [0, 0, 0]
    lines = complaint(lambda: load_history(write("o,t\n1,2011-01-03\n2,2011-01-04\n1,2011-01-05\n"), orders))
    assert len(lines) == 1
    assert "orders.csv:4 o: must stand in one row only: an order id is repeated (got '1')" in lines[0]


def test_rules_apply_in_order_and_a_row_counts_once(write):
    text = "order,placed,sku,quantity\nC1,2011-01-03,x,-1\n2,2011-01-03,x,-1\n3,2011-01-03,POST,1\n"
    text += "4,2011-01-03,,1\n5,2011-01-03,gift_10,1\n6,2011-01-03,x,99\n7,2011-01-03,x,1\n"
    rules = (
        DropRule("returns", "order", "starts_with", "C"),
        DropRule("negative", "quantity", "below", 1),
        DropRule("postage", "sku", "in", ("POST", "DOT")),
        DropRule("no_sku", "sku", "missing"),
        DropRule("vouchers", "sku", "matches", r"gift_\d+"),
        DropRule("giants", "quantity", "above", 50),
    )
    mapping = HistoryMapping(order="order", placed="placed", sku="sku", quantity="quantity", drop=rules)
    table = load_history(write(text), mapping)
    assert table.order_id == ("7",)
    assert [table.counts[f"rows dropped: {rule.name}"] for rule in rules] == [1] * 6


def test_several_times_of_an_order_are_a_fault_unless_the_mapping_says_which_holds(write):
    text = "order,placed,sku,quantity\n1,2011-01-03 10:00,x,1\n1,2011-01-03 09:00,y,1\n"
    (line,) = complaint(lambda: load_history(write(text), SHOP))
    assert "must be the same in all rows of an order (1 orders differ: 1)" in line
    assert "say times: first or last" in line
    for rule, hour in (("first", 9), ("last", 10)):
        mapping = HistoryMapping(order="order", placed="placed", sku="sku", quantity="quantity", times=rule)
        table = load_history(write(text), mapping)
        assert table.arrival[0] == np.datetime64(datetime(2011, 1, 3, hour))
        assert table.counts["orders with several times, merged"] == 1


def test_an_order_whose_zones_disagree_is_a_duplicate_id(write):
    text = "order,placed,sku,quantity,land\n1,2011-01-03,x,1,UK\n1,2011-01-03,y,1,FR\n"
    mapping = HistoryMapping(order="order", placed="placed", sku="sku", quantity="quantity", zone="land")
    (line,) = complaint(lambda: load_history(write(text), mapping))
    assert "orders.csv:2 land: must be the same" in line
    one_zone = HistoryMapping(
        order="order",
        placed="placed",
        sku="sku",
        quantity="quantity",
        zone="land",
        translate={"zone": {"*": "europe"}},
    )
    assert load_history(write(text), one_zone).zone == ("europe",)


def test_orders_and_lines_in_two_files_are_joined_by_the_order_id(write):
    heads = write("o,t,gift\n2,2011-01-03,yes\n1,2011-01-04,no\n3,2011-01-05,no\n", "heads.csv")
    lines = write("o,s\n1,x\n2,y\n1,x\n", "lines.csv")
    mapping = HistoryMapping(order="o", placed="t", sku="s", gift="gift", one_row_per="unit")
    table = load_history(lines, mapping, orders_file=heads)
    assert table.order_id == ("2", "1")
    assert table.gift is not None
    assert table.gift.tolist() == [True, False]
    assert table.counts["orders without lines, left out"] == 1
    stray = write("o,s\n9,x\n", "stray.csv")
    assert "stray.csv:2 o: must be an order of" in complaint(lambda: load_history(stray, mapping, heads))[0]


# What cannot be read ------------------------------------------------------------------------------------------------


def test_all_faults_come_at_once_with_lines_even_behind_line_breaks_in_cells(write):
    text = 'order,placed,sku,quantity,note\n1,2011-01-03,x,1,"two\nlines"\n2,yesterday,x,two,\n3,2011-01-03,,0,\n'
    lines = complaint(lambda: load_history(write(text), SHOP))
    assert len(lines) == 3
    assert "orders.csv:4 placed: must be a time such as 2011-05-12 08:36:00 (got 'yesterday')" in lines[0]
    assert "orders.csv:4 quantity: must be a whole number of at least 1 (got 'two') - 2 lines: 4, 5" in lines[1]
    assert "orders.csv:5 sku: must name the SKU (got nothing)" in lines[2]
    assert "no_sku: {column: sku, missing: true}" in lines[2]


def test_many_faults_of_a_kind_show_five_lines_and_the_count(write):
    rows = "".join(f"{i},2011-01-03,x,1.5\n" for i in range(7))
    (line,) = complaint(lambda: load_history(write("order,placed,sku,quantity\n" + rows), SHOP))
    assert "7 lines: 2, 3, 4, 5, 6, ...;" in line


def test_blank_lines_are_no_orders_and_keep_line_numbers_right(write):
    text = "order,placed,sku,quantity\n\n1,2011-01-03, x ,1\n\n2,2011-01-03,x,1\n"
    table = load_history(write(text), SHOP)
    assert (table.order_id, table.sku_names, table.counts["rows dropped: blank"]) == (("1", "2"), ("x",), 2)
    (line,) = complaint(lambda: load_history(write(text + "3,2011-01-03,x\n"), SHOP))
    assert "orders.csv:6 quantity: must be a whole number of at least 1 (got nothing)" in line


def test_missing_columns_come_with_the_nearest_name(write):
    lines = complaint(lambda: load_history(write("order,plcaed,sku,qty\n1,2011-01-03,x,1\n"), SHOP))
    assert len(lines) == 2
    assert "quantity: must be a column of the file - The columns are: order, plcaed, sku, qty" in lines[0]
    assert "placed: must be a column of the file - did you mean plcaed?" in lines[1]
    (line,) = complaint(
        lambda: load_history(write("order;t\n1;2\n"), HistoryMapping(order="order", placed="order", sku="order"))
    )
    assert "divided by ';'" in line


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "o.csv", "must not be empty"),
        (b"order,placed,sku,quantity\n", "o.csv", "must hold at least one order - it has a header only"),
        (
            "order,placed,sku,quantity\n1,2011-01-03,café,1\n".encode("cp1252"),
            "o.csv",
            "o.csv:2: must be encoded as utf-8 - save it as UTF-8, or say encoding: cp1252",
        ),
        ("order,placed,sku,quantity\n".encode("utf-16"), "o.csv", "or say encoding: utf-16"),
        (b"order,placed,sku,quantity\n1,2011-01-03,x,1\n2,2011-01-03,x,1,9\n", "o.csv", "o.csv:3: must have 4 cells"),
        (b"order,placed,sku,quantity\n1,2011-01-03,x,1,9\n", "o.csv", "o.csv:2: must have 4 cells"),
        (b'order,placed,sku,quantity\n1,2011-01-03,"x,1\n2,2011-01-03,x,2\n', "o.csv", "a quotation mark is opened"),
        (b"no gzip", "o.csv.gz", "must be a readable gzip file"),
        (b"no parquet", "o.parquet", "must be a readable Parquet file"),
        (b"x", "o.docx", "must end in .csv, .csv.gz or .parquet (got .docx)"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(write, content, name, message):
    file = write(content, name)
    lines = complaint(lambda: load_history(file, SHOP))
    assert message in lines[0]


def test_a_missing_file_names_the_nearest_one(write):
    file = write("x", "orders.csv")
    (line,) = complaint(lambda: load_history(file.with_name("order.csv"), SHOP))
    assert "did you mean orders.csv?" in line


def test_a_history_that_the_rules_leave_empty_says_what_each_dropped(write):
    drop = (DropRule("pears", "sku", "in", ("pear",)), DropRule("rest", "quantity", "above", 0))
    mapping = HistoryMapping(order="order", placed="placed", sku="sku", quantity="quantity", drop=drop)
    (line,) = complaint(lambda: load_history(write(FOUR_LINES), mapping))
    assert "the rules dropped all of 4 rows: pears 1, rest 3" in line


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: DropRule("a", "b", "matches", "("), "drop.a.matches: must be a regular expression (got ()"),
        (lambda: DropRule("a", "b", "below", "one"), "drop.a.below: must be a number (got one)"),
        (lambda: DropRule("a", "b", "like", "x"), "drop.a: must be one of starts_with"),
        (lambda: DropRule.from_words("a", {"column": "b", "start_with": "C"}), "did you mean starts_with?"),
        (lambda: DropRule.from_words("a", {"starts_with": "C"}), "drop.a: must have a column and one test"),
        (lambda: DropRule.from_words("a", {"column": "b", "missing": "no"}), "drop.a.missing: must be true"),
        (lambda: HistoryMapping(order="o", placed="t"), "sku: must name a column"),
        (lambda: HistoryMapping("o", "t", "s", "q", one_row_per="unit"), "quantity: must be left out"),
        (lambda: HistoryMapping("o", "t", "s", translate={"zones": {}}), "did you mean zone?"),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(wrong, message):
    assert message in complaint(wrong)[0]


# The clock ----------------------------------------------------------------------------------------------------------


def test_clock_changes_are_counted_in_seconds_that_passed(make_days):
    spring = make_days(date(2011, 3, 27), 2)  # London: 01:00 -> 02:00
    local = np.array(["2011-03-27T00:59", "2011-03-27T01:30", "2011-03-27T02:00", "2011-03-28T00:00"], "M8[us]")
    seconds, changes = seconds_of(local, spring)
    assert seconds.tolist() == [59 * 60, 90 * 60, 3600, 23 * 3600]
    assert changes == {"times skipped by a clock change": 1}
    autumn = make_days(date(2011, 10, 30), 2)  # 02:00 -> 01:00
    seconds, changes = seconds_of(np.array(["2011-10-30T01:30", "2011-10-30T02:30"], "M8[us]"), autumn)
    assert seconds.tolist() == [90 * 60, 3.5 * 3600]
    assert changes == {"times repeated by a clock change": 1}


@pytest.mark.parametrize("zone", ["Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata"])
def test_seconds_become_local_times_and_come_back(make_days, zone):
    days = make_days(date(2017, 10, 9), 30, zone)
    midnights = np.array([np.datetime64(days.date(i), "us") for i in range(30)])
    assert seconds_of(midnights, days)[0].tolist() == list(days.midnight_s[:30])
    noon = np.array(days.midnight_s[:30]) + 15 * 3600 + 0.25
    assert np.allclose(seconds_of(local_times(noon, days), days)[0], noon)
    assert np.isnat(local_times(np.array([np.nan]), days)[0])


def test_times_with_an_offset_are_taken_to_the_zone_of_the_scenario(write):
    text = "order,placed,sku,quantity\n1,2011-07-01T08:00:00Z,x,1\n2,2011-07-01T08:00:00+02:00,x,1\n"
    table = load_history(write(text), SHOP, zone="Europe/London")
    assert table.arrival.astype("M8[h]").astype(str).tolist() == ["2011-07-01T07", "2011-07-01T09"]
    assert "has a UTC offset" in complaint(lambda: load_history(write(text), SHOP))[0]


def test_a_history_moves_by_whole_weeks_to_the_start_of_a_scenario(write, make_days):
    table = load_history(write(FOUR_LINES), SHOP)
    days = make_days(date(2026, 3, 2), 7)
    shift = whole_weeks_to(table, days.date(0))
    assert shift % 7 == 0
    history = to_history(table, days, table.sku_names, shift_days=shift)
    assert history.arrival_s.tolist() == [(3 * 24 + 8) * 3600, (3 * 24 + 9) * 3600]
    assert date(2011, 5, 12).weekday() == 3


def test_orders_outside_the_run_are_left_out_with_their_lines_and_counted(write, make_days):
    rows = [f"{d},2011-01-{d:02} 12:00,sku{d},{d}\n" for d in (1, 2, 3, 4, 5)]
    table = load_history(write("order,placed,sku,quantity\n" + "".join(rows)), SHOP)
    history = to_history(table, make_days(date(2011, 1, 2), 2), ("other", *table.sku_names))
    assert history.order_id == ("2", "3")
    assert history.quantity.tolist() == [2, 3]
    assert history.sku.tolist() == [2, 3]
    assert history.line_start.tolist() == [0, 1, 2]
    assert history.counts["orders before the run, left out"] == 1
    assert history.counts["orders after the run, left out"] == 2
    (line,) = complaint(lambda: to_history(table, make_days(date(2026, 3, 2), 7), table.sku_names))
    assert "must have orders in the run, 2026-03-02 to 2026-03-08 (got 2011-01-01 to 2011-01-05)" in line


def test_names_that_the_scenario_does_not_have_come_all_at_once(write, make_days):
    text = "order,placed,sku,quantity,channel,zone\n1,2011-01-03,x,1,wbe,north\n"
    mapping = HistoryMapping("order", "placed", "sku", "quantity", channel="channel", zone="zone")
    table = load_history(write(text), mapping)
    days = make_days(date(2011, 1, 3), 1)
    lines = complaint(lambda: to_history(table, days, ("y",), channels=("web",), zones=("south", "north")))
    assert len(lines) == 2
    assert "SKU: 1 must be known to the scenario (got 'x')" in lines[0]
    assert "channel: 1 must be known to the scenario (got 'wbe') - did you mean web?" in lines[1]
    history = to_history(table, days, ("x",), channels=("phone", "wbe"), zones=("south", "north"))
    assert (history.channel.tolist(), history.zone.tolist()) == ([1], [1])


def test_the_skus_of_a_history_become_a_catalog_with_their_line_counts(write):
    catalog = catalog_of(load_history(write(FOUR_LINES), SHOP), weight_kg=0.2, volume_l=1.5, price=3.0)
    assert dict(zip(catalog.names, catalog.popularity.tolist(), strict=True)) == {"apple": 1, "pear": 1, "007": 1}
    assert catalog.weight_kg.tolist() == [0.2] * 3


def test_dates_without_a_time_of_day_are_counted_and_take_a_profile_of_hours(write, make_days):
    dates = "order,placed,sku,quantity\na,2011-05-12,apple,2\nb,2011-05-13,pear,1\n"
    table = load_history(write(dates), SHOP)
    profile = [[0.0] * 8 + [1.0] * 16] * 7
    history = to_history(table, make_days(date(2011, 5, 12), 3), table.sku_names, hours=profile)
    assert history.hours.shape == (7, 24)
    assert history.counts["orders without a time of day"] == history.counts["times of day drawn"] == 2
    with_times = load_history(write(FOUR_LINES), SHOP)
    plain = to_history(with_times, make_days(date(2011, 5, 12), 3), with_times.sku_names)
    assert plain.hours is None
    assert not {"orders without a time of day", "times of day drawn"} & plain.counts.keys()


def test_a_weekday_with_orders_and_no_hours_is_a_fault(write, make_days):
    table = load_history(write(FOUR_LINES), SHOP)  # Thursday, 12 May 2011
    profile = [[1.0] * 24] * 3 + [[0.0] * 24] + [[1.0] * 24] * 3
    assert complaint(lambda: to_history(table, make_days(date(2011, 5, 12), 3), table.sku_names, hours=profile)) == [
        f"{table.source} hours: must have a weight on every weekday with orders (2 orders lie on others) "
        "(got 2011-05-12) - give the weekday hours, or drop them"
    ]


# Real histories -----------------------------------------------------------------------------------------------------


def test_the_online_retail_history_counts_as_pandas_does(shared_data, make_days):
    file = shared_data / "orders" / "online_retail_2010-12_to_2011-08.parquet"
    table = load_history(file, RETAIL)
    rows = pd.read_parquet(file)
    cancelled = rows["InvoiceNo"].str.startswith("C")
    no_goods = ~cancelled & rows["StockCode"].isin(["POST", "DOT", "M"])
    negative = ~cancelled & ~no_goods & (rows["Quantity"] < 1)
    kept = rows[~cancelled & ~no_goods & ~negative]
    orders = kept.groupby("InvoiceNo")
    assert table.counts == {
        "rows read": 320_705,
        "rows dropped: cancellations": cancelled.sum(),
        "rows dropped: not_goods": no_goods.sum(),
        "rows dropped: corrections": negative.sum(),
        "orders with several times, merged": (orders["InvoiceDate"].nunique() > 1).sum(),
        "lines merged: same SKU twice in an order": kept.duplicated(["InvoiceNo", "StockCode"]).sum(),
        "orders kept": orders.ngroups,
        "lines kept": len(kept.drop_duplicates(["InvoiceNo", "StockCode"])),
        "units kept": kept["Quantity"].sum(),
    }
    first = orders["InvoiceDate"].min()
    assert (table.arrival == first[list(table.order_id)].to_numpy()).all()
    month = to_history(table, make_days(date(2011, 5, 1), 31), table.sku_names, zones=("domestic", "abroad"))
    in_may = first[(first >= "2011-05-01") & (first < "2011-06-01")].index
    assert set(month.order_id) == set(in_may)
    assert month.quantity.sum() == kept.loc[kept["InvoiceNo"].isin(in_may), "Quantity"].sum()
    of_may = kept[kept["InvoiceNo"].isin(in_may)].groupby("InvoiceNo")["Country"].first()
    assert (month.zone == 1).sum() == (of_may != "United Kingdom").sum()


def test_one_day_as_csv_equals_that_day_of_the_parquet_file(shared_data):
    day = load_history(shared_data / "orders" / "online_retail_one_day_2011-05-12.csv", RETAIL)
    whole = load_history(shared_data / "orders" / "online_retail_2010-12_to_2011-08.parquet", RETAIL)
    on_the_day = whole.arrival.astype("M8[D]") == np.datetime64("2011-05-12")
    assert day.counts["rows read"] == 1965
    assert set(day.order_id) == {whole.order_id[i] for i in np.flatnonzero(on_the_day)}
    units = np.add.reduceat(whole.quantity, whole.line_start[:-1])[on_the_day]
    assert day.quantity.sum() == units.sum()


def test_the_olist_export_joins_orders_and_their_units(shared_data):
    folder = shared_data / "orders" / "olist_csv_sample"
    mapping = HistoryMapping("order_id", "order_purchase_timestamp", "product_id", one_row_per="unit")
    table = load_history(folder / "olist_order_items_dataset.csv", mapping, folder / "olist_orders_dataset.csv")
    assert table.counts == {
        "rows read": 1461,
        "orders without lines, left out": 1290 - 1281,
        "orders kept": 1281,
        "lines kept": 1329,
        "units kept": 1461,
    }


def test_the_picking_lines_have_dates_in_american_order(shared_data):
    mapping = HistoryMapping("OrderNumber", "DATE", "SKU", "PCS", time_format="%m/%d/%Y")
    table = load_history(shared_data / "orders" / "picking_lines_route_picker.csv", mapping)
    assert len(table) == 3584
    assert str(table.arrival[0])[:10] == "2018-12-01"
    assert table.arrival[-1] - table.arrival[0] == timedelta(days=15)
