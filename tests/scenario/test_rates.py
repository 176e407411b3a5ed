"""Rate cards of a scenario: inline, in files with columns of their own, and what is refused."""

import pytest

from fulfillsim.errors import ScenarioError

AT = "delivery.carriers.parcelco.services.ground.rates"
DAY = 86_400.0


def tariff(small, rates, folder="."):
    return small({AT: rates}, folder).world().delivery.services[0].tariff


def test_a_large_light_parcel_pays_for_its_dimensional_weight(small):
    card = tariff(small, {"zones": {"all": {"2 kg": "4 EUR", "5 kg": "6 EUR"}}, "divisor": 5000, "step": "500 g"})
    charge = card.charge("near", 1.0, volume_l=12.1)
    assert (charge.billed_kg, charge.total) == (2.5, 6.0)


def test_surcharges_count_from_their_first_to_their_last_day(small):
    extras = {
        "fuel": {"share": "10 %"},
        "peak": {"per_parcel": "1.50 EUR", "from": "2026-03-04", "until": "2026-03-05"},
        "door": {"per_kg": "0.20 EUR/kg", "residential": True},
    }
    card = tariff(small, {"zones": {"all": {"9 kg": "5 EUR"}}, "surcharges": extras})
    wednesday = 9 * DAY  # the run's first day is Monday 23 February
    at = {"before": wednesday - 1, "first": wednesday, "last": wednesday + 2 * DAY - 1, "after": wednesday + 2 * DAY}
    prices = {name: card.charge("far", 2.0, at_s=at_s).total for name, at_s in at.items()}
    assert prices == pytest.approx({"before": 5.5, "first": 7.0, "last": 7.0, "after": 5.5})
    assert card.charge("far", 2.0, residential=True).total == pytest.approx(5.9)


def test_what_is_heavier_than_the_card_goes_is_not_carried(small):
    card = tariff(small, {"zones": {"all": {"2 kg": "4 EUR", "9 kg": "6 EUR"}}, "heaviest": "5 kg"})
    assert card.charge("near", 5.0).total == 6.0
    assert card.charge("near", 5.1) is None


def test_a_file_may_call_its_columns_otherwise_and_hold_other_carriers(small, tmp_path):
    rows = ["who;to;kg;eur", "north;N;1;4", "north;N;3;5", "north;F;3;9", "south;N;9;99"]
    (tmp_path / "card.csv").write_text("\n".join(rows))
    said = {
        "file": "card.csv",
        "columns": {"zone": "to", "up_to_kg": "kg", "price": "eur"},
        "where": {"who": "north"},
        "places": {"N": "near", "F": "far"},
        "extra_per_kg": "2 EUR/kg",
    }
    card = tariff(small, said, tmp_path)
    assert [card.charge("near", kg).total for kg in (1.0, 2.0, 3.5, 4.5)] == [4.0, 5.0, 7.0, 9.0]
    assert card.charge("far", 1.0).total == 9.0


def test_workbooks_and_parquet_say_the_same_as_text(small, tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"zone": ["all", "all"], "up_to_kg": [1.0, 5.0], "price": [4.0, 6.5]})
    frame.to_csv(tmp_path / "card.csv", index=False)
    frame.to_parquet(tmp_path / "card.parquet")
    frame.to_excel(tmp_path / "card.xlsx", sheet_name="prices", index=False)
    files = ("card.csv", "card.parquet", "card.xlsx#prices")
    assert len({tariff(small, {"file": file}, tmp_path).rates for file in files}) == 1


def test_prices_change_on_the_day_that_the_file_says(small, tmp_path):
    (tmp_path / "card.csv").write_text("zone,up_to_kg,price,from,until\nall,9,4,,2026-03-03\nall,9,5,2026-03-04,\n")
    card = tariff(small, "card.csv", tmp_path)
    assert [card.charge("near", 1.0, at_s=day * DAY).total for day in (8, 9)] == [4.0, 5.0]


def test_prices_that_ended_long_before_the_run_do_no_harm(small, tmp_path):
    rows = ["zone,up_to_kg,price,from,until", "all,9,4,,2020-12-31", "all,9,5,2021-01-01,9999-12-31"]
    (tmp_path / "card.csv").write_text("\n".join(rows))
    assert tariff(small, "card.csv", tmp_path).charge("near", 1.0).total == 5.0
    past = {"peak": {"per_parcel": "2 EUR", "until": "2020-12-24"}}
    assert tariff(small, {"zones": {"all": {"9 kg": "5 EUR"}}, "surcharges": past}).charge("near", 1.0).total == 5.0


def test_gaps_and_overlaps_are_told_by_file_and_row(small, tmp_path):
    rows = ["zone,above_kg,up_to_kg,price", "near,0,2,4", "near,3,5,5", "far,0,2,4", "far,1,5,6"]
    (tmp_path / "card.csv").write_text("\n".join(rows))
    with pytest.raises(ScenarioError) as caught:
        tariff(small, "card.csv", tmp_path)
    assert [line.partition(" - ")[0] for line in str(caught.value).splitlines()] == [
        "card.csv:3 rates: bands of zone near must not leave a gap (got 0-2 kg, then 3-5 kg)",
        "card.csv:5 rates: bands of zone far must not overlap (got 0-2 kg, then 1-5 kg)",
    ]


def test_a_zone_that_is_served_needs_a_price(small, tmp_path):
    (tmp_path / "card.csv").write_text("zone,up_to_kg,price\nnear,9,4\n")
    with pytest.raises(ScenarioError, match="has no price for far"):
        tariff(small, "card.csv", tmp_path)


@pytest.mark.parametrize(
    ("rates", "rule"),
    [
        ({"zones": {"near": {"1 kg": "4 EUR"}}}, "has no price for far"),
        ({"zones": {"all": {"1 kg": "4 EUR"}}, "surcharges": {"fuel": {}}}, "must have one of share"),
        (
            {"zones": {"all": {"1 kg": "4 EUR"}}, "surcharges": {"fuel": {"share": 0.1, "per_parcel": "1 EUR"}}},
            "must have one of share, per_parcel, per_kg, here share and per_parcel",
        ),
        (
            {
                "zones": {"all": {"1 kg": "4 EUR"}},
                "surcharges": {"peak": {"share": 0.1, "from": "2026-03-05", "until": "2026-03-04"}},
            },
            "before `from`",
        ),
        ({"zones": {"all": {"1 kg": "4 EUR"}}, "where": {"a": "b"}}, "is about a file, and there is none"),
        ({"file": "x.csv", "columns": {"weight": "kg"}}, "names the column of a rate card weight"),
        ({"zones": {"all": {"1 kg": "4 EUR"}}, "format": "brunell"}, "did you mean brunel?"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused_before_anything_runs(faults, rates, rule):
    assert any(rule in line for line in faults({AT: rates}))


def brunel(small, folder, lane):
    """Tariff of a lane (carrier, port, service level, mode, days) of the real card, for every zone."""
    names = ("Carrier", "orig_port_cd", "svc_cd", "mode_dsc", "tpt_day_cnt")
    where = dict(zip(names, lane, strict=True))
    said = {"file": "FreightRates.csv", "format": "brunel", "where": where, "places": {"PORT09": "all"}}
    return tariff(small, said, folder)


def by_hand(rows, kg):
    """The dearer of the minimum and the rate times the weight, in the row whose band holds it."""
    row = rows[(rows["minm_wgh_qty"] - 0.01 < kg) & (kg <= rows["max_wgh_qty"])].iloc[-1]
    return max(row["minimum cost"], row["rate"] * kg)


def test_orders_cost_what_the_real_card_says(small, shared_data, tmp_path):
    """Brunel's orders by the lane of their carrier; cards that overlap are refused with the row."""
    pandas = pytest.importorskip("pandas")
    source = shared_data / "orders" / "brunel"
    (tmp_path / "FreightRates.csv").write_bytes((source / "FreightRates.csv").read_bytes())
    card = pandas.read_csv(source / "FreightRates.csv")
    card["mode_dsc"] = card["mode_dsc"].str.strip()
    orders = pandas.read_csv(source / "OrderList.csv")
    rows_of = dict(tuple(card.groupby(["Carrier", "orig_port_cd", "svc_cd", "tpt_day_cnt"])))
    n_priced, n_refused = 0, 0
    for key, group in orders.groupby(["Carrier", "Origin Port", "Service Level", "TPT"]):
        if key not in rows_of:
            continue
        rows = rows_of[key].sort_values("minm_wgh_qty")
        lane = (*key[:3], rows["mode_dsc"].iloc[0], key[3])
        if (rows["minm_wgh_qty"].to_numpy()[1:] <= rows["max_wgh_qty"].to_numpy()[:-1]).any():
            with pytest.raises(ScenarioError, match=r"FreightRates.csv:\d+ rates: bands of zone all must not overlap"):
                brunel(small, tmp_path, lane)
            n_refused += len(group)
            continue
        lane_card = brunel(small, tmp_path, lane)
        for kg in group["Weight"].round(2):
            assert lane_card.charge("near", kg).total == pytest.approx(by_hand(rows, kg))
        n_priced += len(group)
    assert n_priced > 6000 and n_priced + n_refused > 8000
