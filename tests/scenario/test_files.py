"""Files that a scenario names: what is wrong in them is told by `check`, together with everything else."""

import pytest

from fulfillsim.errors import ScenarioError

WEB = "demand.channels.web"
HEAD = "order,at,sku,n\n"
ROWS = "1,2026-03-02 09:00,A,2\n1,2026-03-02 09:00,B,1\n2,2026-03-03 10:00,A,1\n"
COLUMNS = {"order": "order", "placed": "at", "sku": "sku", "quantity": "n"}


@pytest.fixture
def told(small, tmp_path):
    """Maker of the lines that refuse the small scenario with an order history of some text (or bytes)."""

    def make(content, changes=None):
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "orders.csv").write_bytes(raw)
        history = {"file": "orders.csv", "one_row_per": "line", "columns": COLUMNS}
        said = {"catalog": None, "catalog.zipf": 0, "demand.history": history}
        with pytest.raises(ScenarioError) as caught:
            small({**said, **(changes or {})}, tmp_path)
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return make


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD.replace("sku", "article") + ROWS,
         "orders.csv:1 sku: must be a column of the file - The columns are: order, at, article, n"),
        (HEAD + ROWS.replace(",A,2", ",A,two"),
         "orders.csv:2 n: must be a whole number of at least 1 (got 'two')"
         " - correct them, or drop them by a rule"),
        (HEAD + ROWS.replace(",A,2", ",A,-2"),
         "orders.csv:2 n: must be a whole number of at least 1 (got '-2')"
         " - correct them, or drop them by a rule: too_small: {column: n, below: 1}"),
        (HEAD + ROWS.replace("2026-03-03 10:00", "3 March"),
         "orders.csv:4 at: must be a time such as 2011-05-12 08:36:00 (got '3 March') - time_format is ISO8601"),
        (HEAD + ROWS.replace(",B,", ",,"),
         "orders.csv:3 sku: must name the SKU (got nothing)"
         " - complete them, or drop them by a rule: no_sku: {column: sku, missing: true}"),
        (HEAD, "vary demand.history.file: must hold at least one order (got \"orders.csv\") - it has a header only"),
        ("", "vary demand.history.file: must not be empty (got \"orders.csv\") - its first line names the columns"),
        ((HEAD + ROWS.replace(",B,", ",Bücher,")).encode("latin-1"),
         "orders.csv:3: must be encoded as utf-8 - save it as UTF-8, or say encoding: cp1252"),
        (HEAD + ROWS.replace("2026-03-02 09:00,B", "2026-03-02 09:30,B"),
         "orders.csv:2 at: must be the same in all rows of an order (1 orders differ: 1) - say times: first or last"),
    ],
)  # fmt: skip
def test_a_fault_in_an_order_history_is_told_when_the_scenario_is_checked(told, content, message):
    assert told(content) == [message]


def test_two_rows_with_one_order_id_are_a_duplicate_where_a_row_is_an_order(told):
    changes = {
        "demand.history.one_row_per": "order",
        "demand.history.columns.sku": None,
        "demand.history.columns.quantity": None,
        "catalog": None,
        "layout": None,
        "inventory": None,
        f"{WEB}.lines": None,
        "fulfillment.picking": None,
        "fulfillment.picking.time": "1 min",
    }
    rule = "must stand in one row only: an order id is repeated (got '1')"
    assert told(HEAD + ROWS, changes) == [f"orders.csv:3 order: {rule}"]


def test_faults_of_history_scenario_and_tables_come_at_once(told):
    lines = told(HEAD + ROWS.replace(",A,2", ",A,two"), {"days": -1, "inventory.table": "stock.csv"})
    assert [line.partition(": ")[0] for line in lines] == ["orders.csv:2 n", "vary days", "vary inventory.table"]
    lines = told(HEAD + ROWS.replace(",A,2", ",A,two"), {"zones.far.share": 0.3})
    assert [line.partition(": ")[0] for line in lines] == ["orders.csv:2 n", "vary zones"]


def test_a_zone_that_nobody_knows_is_one_fault_also_beside_a_history_with_offsets(told):
    lines = told(HEAD + ROWS.replace("2026-03-02 09:00", "2026-03-02T09:00:00+01:00"), {"zone": "Mars"})
    assert [line.partition(": ")[0] for line in lines] == ["vary zone"]


def test_a_contradiction_in_the_column_map_is_told_at_its_place(told):
    lines = told(HEAD + ROWS, {"demand.history.columns.sku": None})
    assert lines == ["vary demand.history.columns.sku: must name a column with one_row_per: line"]
    lines = told(HEAD + ROWS, {"demand.history.translate": {"zoen": {"x": "near"}}})
    rule = "must be one of channel, client, zone, service, priority, gift - did you mean zone?"
    assert lines == [f"vary demand.history.translate.zoen: {rule}"]


def test_a_name_of_the_history_that_the_scenario_lacks_is_told(told):
    content = "order,at,sku,n,place\n1,2026-03-02 09:00,A,2,neer\n"
    lines = told(content, {"demand.history.columns.zone": "place"})
    assert len(lines) == 1
    assert "neer" in lines[0] and "near" in lines[0]


def test_a_sku_that_the_stock_table_leaves_without_stock_or_supplier_is_refused(small, tmp_path):
    (tmp_path / "skus.csv").write_text("sku,popularity\nA,1\nB,1\nC,0\n")
    (tmp_path / "stock.csv").write_text("sku,on_hand\nA,5\n")
    changes = {
        "catalog": {"skus": None, "table": "skus.csv"},
        "inventory": {"rule": "none", "start": "given", "table": "stock.csv", "suppliers": None},
    }
    with pytest.raises(ScenarioError) as caught:
        small(changes, tmp_path)
    told = "leaves 1 SKUs without stock or supplier: B - give them stock, or take another rule and suppliers"
    assert str(caught.value) == f"vary inventory.table: {told}"


def test_every_broken_table_is_told_at_once(small, tmp_path):
    (tmp_path / "skus.csv").write_text("sku,weight_kg\nA,heavy\nA,1\n")
    (tmp_path / "rates.csv").write_text("zone,up_to_kg,price\nnear,1,-4\nfr,1,5\n")
    changes = {
        "catalog": {"skus": None, "table": "skus.csv"},
        "delivery.carriers.parcelco.services.ground.rates": "rates.csv",
    }
    with pytest.raises(ScenarioError) as caught:
        small(changes, tmp_path)
    assert str(caught.value).splitlines() == [
        'rates.csv:2 column price: must not be negative (got "-4")',
        'rates.csv:3 column zone: is no zone (got "fr") - there are far, near, all',
        'skus.csv:3 column sku: is written twice (got "A") - keep one row for each',
    ]
