"""Two clients under one roof: their SKUs, orders, terms, messages and targets."""

import numpy as np
import pytest

from fulfillsim.errors import FaultyFileError
from fulfillsim.kpi import compute
from fulfillsim.scenario import load_scenario
from fulfillsim.sim import run
from fulfillsim.tape import draw_tape
from fulfillsim.testing.metamorphic import differing

TWO = {
    "clients": {"acme": {"skus": "60 %"}, "best": {"skus": "40 %"}},
    "demand.channels.web.client": "acme",
    "demand.channels.phone.client": "best",
    "demand.channels.store.client": "best",
    "days": 2,
    "warm_up": "1 days",
    "catalog.skus": 80,
}
OWN = {
    "clients.acme.services": {"standard": {"promise": "fixed_days", "days": 4}},
    "clients.best.services": {"standard": {"cutoff": "16:00"}},
    "clients.best.communication": {"policy": "silent"},
}


@pytest.fixture(scope="module")
def shared():
    return load_scenario("phone_and_store").vary(TWO)


@pytest.fixture(scope="module")
def own(shared):
    return shared.vary(OWN)


def run_of(scenario, seed=1):
    world = scenario.world()
    return world, run(world, draw_tape(world, seed, 0))


def test_goods_of_a_client_are_ordered_by_that_client_alone(shared):
    world = shared.world()
    tape = draw_tape(world, 1, 0)
    by_line = np.repeat(tape.client, tape.n_lines)
    assert np.array_equal(world.catalog.client[tape.sku], by_line)
    assert set(by_line.tolist()) == {0, 1}
    assert (world.catalog.client == 0).sum() == 48


def test_expected_demand_of_a_sku_is_that_of_its_client(shared):
    """Stock levels rest on it: with one client of all SKUs and orders it is as without clients."""
    world = load_scenario("phone_and_store").vary({"catalog.skus": 80}).world()
    every = {f"demand.channels.{name}.client": "one" for name in ("web", "phone", "store")}
    one = load_scenario("phone_and_store").vary({"catalog.skus": 80, "clients": {"one": {"skus": 1}}, **every}).world()
    for name in ("reorder_point", "order_up_to"):
        assert np.array_equal(getattr(one.inventory, name), getattr(world.inventory, name))
    drawn = draw_tape(shared.world(), 1, 0)
    n_lines = np.bincount(np.repeat(drawn.client, drawn.n_lines))
    assert (n_lines > 0).all()


def test_each_client_has_its_terms_and_a_scenario_without_its_own_gives_it_the_shared_ones(own):
    acme, best = own.world().processing.promises
    assert (acme.policy, acme.fixed_days, best.policy) == ("fixed_days", 4, "cutoff_quote")
    days = own.world().days
    assert [plan.cutoff_s[0] - days.midnight_s[0] for plan in (acme, best)] in (
        [-1.0, -1.0],
        [15 * 3600.0, 16 * 3600.0],
    )
    assert [plan.cutoff_s[1] - days.midnight_s[1] for plan in (acme, best)] == [15 * 3600.0, 16 * 3600.0]
    assert [rule.policy for rule in own.world().communication.rules] == ["milestones", "silent"]


def test_orders_are_promised_and_told_by_the_terms_of_their_client(own):
    _, trace = run_of(own)
    promises, tape = trace.columns("promises"), trace.tape
    lead = promises["promise_s"] - promises["made_s"]
    of = tape.client[promises["order"]]
    assert lead[of == 0].min() > 3 * 86_400.0 > np.median(lead[of == 1])
    assert set(tape.client[trace.columns("notices")["order"]].tolist()) == {0}


def test_every_kpi_of_orders_can_be_cut_by_client_and_the_parts_make_the_whole(own):
    world, trace = run_of(own)
    whole = {v.name: v.value for v in compute(world, trace)}
    parts = {(v.name, v.cut["client"]): v.value for v in compute(world, trace, by=["client"])}
    for name in ("n_placed", "n_due", "throughput", "throughput_lines", "throughput_units"):
        assert parts[name, "acme"] + parts[name, "best"] == pytest.approx(whole[name])
    volume = {name: whole[f"storage.{name}"] for name in ("acme", "best")}
    assert all(value >= 0 for value in volume.values())
    by_both = compute(world, trace, by=["client", "day"])
    assert {v.cut["client"] for v in by_both} == {"acme", "best"}


def test_a_target_of_a_client_is_about_its_orders_alone(own):
    from fulfillsim.experiment.simulation import simulate

    wanted: dict[str, object] = {"kpi": "promised_lead_time_mean", "bound": "<= 4", "where": {"client": "best"}}
    other = {**wanted, "where": {"client": "acme"}}
    result = simulate(own.vary({"targets": {"best soon": wanted, "acme soon": other}}), replications=2, jobs=1)
    assert {v.target.label: v.word for v in result.verdicts() if v.target.name.endswith("soon")} == {
        "best soon": "met",
        "acme soon": "missed",
    }


def test_a_client_without_orders_changes_nothing(shared):
    """It has terms and messages of its own, and no SKU, channel or order."""
    idle = {"skus": 0, "services": {"standard": {"promise": "quantile"}}, "communication": {"notices": {"delay": True}}}
    _, trace = run_of(shared)
    _, more = run_of(shared.vary({"clients.zero": idle}))
    assert differing(trace, more) == []
    _, first = run_of(shared.vary({"clients.aaa": {"skus": 0}}))
    assert differing(trace, first) == []


def test_a_path_may_take_the_orders_of_a_client(shared):
    from fulfillsim.sim.model import Model
    from fulfillsim.sim.paths import Paths

    world = shared.vary({"fulfillment.paths": {"own": {"when": {"clients": {"best": True}}}}}).world()
    tape = draw_tape(world, 1, 0)
    assert np.array_equal(Paths(Model(world, tape)).number == 0, tape.client == 1)


SKUS = "sku,client,popularity\nA,acme,3\nB,best,1\nC,best,2\n"
ORDERS = "order,placed,sku,units,client\n1,2026-03-02T09:00,A,1,acme\n2,2026-03-02T10:00,B,2,best\n"


def replaying(tmp_path, orders=ORDERS, skus=SKUS):
    (tmp_path / "skus.csv").write_text(skus)
    (tmp_path / "orders.csv").write_text(orders)
    (tmp_path / "shop.yaml").write_text(
        "schema: 1\nname: shop\nstart: 2026-03-02\ndays: 1\nwarm_up: 0 days\n"
        "clients: {acme: {}, best: {}}\ncatalog: {table: skus.csv}\n"
        "demand:\n  channels: {web: {}}\n  history:\n    file: orders.csv\n    one_row_per: line\n"
        "    columns: {order: order, placed: placed, sku: sku, quantity: units, client: client}\n"
    )
    return load_scenario(tmp_path / "shop.yaml")


def test_tables_and_histories_name_clients(tmp_path):
    world = replaying(tmp_path).world()
    assert world.catalog.client.tolist() == [0, 1, 1]
    assert draw_tape(world, 1, 0).client.tolist() == [0, 1]


def test_skus_said_by_name_may_say_whose_they_are(shared):
    items = {"A": {"client": "best"}, "B": {"client": "acme"}, "C": {"client": "acme"}}
    varied = shared.vary({"catalog.skus": None, "catalog.items": items}).world()
    assert varied.catalog.client.tolist() == [1, 0, 0]
    with pytest.raises(FaultyFileError, match="names the client bets"):
        shared.vary({"catalog.skus": None, "catalog.items": {"A": {"client": "bets"}}})


def test_an_order_for_goods_of_another_client_is_refused(tmp_path):
    with pytest.raises(FaultyFileError, match="1 lines ask for goods of another client") as caught:
        replaying(tmp_path, ORDERS.replace("B,2,best", "A,2,best"))
    assert "order 2 of best asks for A, which is acme's" in str(caught.value)


def test_a_client_that_the_scenario_lacks_is_told_with_the_nearest(tmp_path):
    with pytest.raises(FaultyFileError, match="did you mean acme"):
        replaying(tmp_path, ORDERS.replace("1,acme", "1,acmee"))
    with pytest.raises(FaultyFileError, match="beast"):
        replaying(tmp_path, skus=SKUS.replace("B,best", "B,beast"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"demand.channels.web.client": None}, "demand.channels.web.client: is missing: there are clients"),
        ({"demand.channels.web.client": "acne"}, "names the client acne, which is not there"),
        ({"clients": {"acme": {"skus": 0.5}, "best": {"skus": 0.4}}}, "clients: shares must sum to 1, here 0.9"),
        (
            {"clients.best.skus": 0, "clients.acme.skus": 1},
            "clients.best.skus: is less than one SKU of 80, and the channel phone brings",
        ),
        ({"clients.acme.services": {"standrad": {"days": 3}}}, "names the service standrad, which is not there"),
        (
            {"clients.acme.services": {"standard": {"promise": "fixed_days"}}},
            "clients.acme.services.standard.days: is missing for fixed_days",
        ),
        (
            {"clients.acme.services": {"standard": {"carriers": {"parcelco/ar": True}}}},
            "clients.acme.services.standard.carriers.parcelco/ar: names the carrier service parcelco/ar",
        ),
        ({"clients.acme.services": {"standard": {"promise": "soon"}}}, "names the promise policy soon"),
        (
            {"clients.acme.communication": {"policy": "silent"}, "communication": None},
            "clients.acme.communication: needs `communication`",
        ),
        (
            {"targets": {"t": {"kpi": "otif", "bound": ">= 1", "where": {"client": "bets"}}}},
            "names the client bets, which is not there",
        ),
    ],
)
def test_clients_that_do_not_fit_are_refused(shared, changes, told):
    with pytest.raises(FaultyFileError) as caught:
        shared.vary(changes)
    assert told in str(caught.value)


def test_a_table_has_goods_for_every_client_that_orders_some(tmp_path):
    (tmp_path / "skus.csv").write_text("sku,client\nA,acme\n")
    (tmp_path / "shop.yaml").write_text(
        "schema: 1\nname: shop\nstart: 2026-03-02\nclients: {acme: {}, best: {}}\ncatalog: {table: skus.csv}\n"
        "demand: {channels: {web: {client: best, orders_per_day: 9, lines: 1}}}\n"
    )
    with pytest.raises(FaultyFileError, match="must be best for some SKU"):
        load_scenario(tmp_path / "shop.yaml")


def test_without_clients_a_channel_may_not_name_one():
    with pytest.raises(FaultyFileError, match="names the client acme, which is not there"):
        load_scenario("phone_and_store").vary({"demand.channels.web.client": "acme"})
