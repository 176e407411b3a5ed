import pytest

from fulfillsim.errors import UnknownNameError
from fulfillsim.kpi import KPIS, compute, find_kpi

H, D = 3600.0, 86_400.0


def test_orders_are_cut_by_what_they_are(world, trace, kpis):
    for order in range(4):
        trace.order(order, received=D + order * H)
        trace.parcel(order, (1.5 if order < 3 else 2.5) * D, 3 * D, service=order % 2)
    trace.tape.channel[3] = 1
    assert kpis(world, trace, "zone")["n_received", "far"] == 2
    assert kpis(world, trace, "channel")["n_received", "web"] == 3
    assert kpis(world, trace, "hour")["n_received", 2] == 1
    by_both = kpis(world, trace, "carrier", "day")
    assert by_both["n_shipped", "north", "2026-03-03"] == 2
    assert by_both["n_shipped", "south", "2026-03-04"] == 1


def test_a_day_is_a_window_of_its_own_for_every_kpi(world, trace, kpis):
    trace.on(0, D, 3 * D)
    trace.visit(0, "packing", 0, D, D, D + 12 * H)
    by_day = kpis(world, trace, "day")
    assert [by_day["utilization.pickers", f"2026-03-0{day}"] for day in (3, 4)] == [0.5, 0.0]
    assert by_day["paid_hours.agents", "2026-03-04"] == 24.0


def test_parts_of_a_count_add_up_to_the_whole(world, trace, kpis):
    for order in range(4):
        trace.order(order, received=D + 11 * order * H)
    whole = kpis(world, trace)["n_received"]
    for key in ("day", "hour", "zone", "channel", "service", "priority"):
        parts = [v for (name, *_), v in kpis(world, trace, key).items() if name == "n_received"]
        assert sum(parts) == whole == 4


def test_kpis_of_the_operation_as_a_whole_are_not_cut_by_orders(world, trace):
    names = {value.name for value in compute(world, trace, ("zone",))}
    assert "wip" not in names


def test_an_unknown_cut_names_the_nearest(world, trace):
    with pytest.raises(UnknownNameError, match="did you mean 'carrier'"):
        compute(world, trace, ("carier",))


def test_a_scenario_without_delivery_lacks_the_kpis_that_need_it(bare_world, trace, kpis):
    trace.order(0, received=D, left=1.5 * D)
    values = kpis(bare_world, trace)
    assert not {"on_time_delivery", "otif", "carrier_on_time", "fill_rate", "n_undecided_shipment"} & set(values)
    assert not [name for name in values if name.startswith(("cost.carrier", "time_to_delivery"))]
    assert (values["throughput"], values["order_cycle_time_p50"]) == (0.5, 12.0)


def test_money_has_the_currency_of_the_scenario(world, trace):
    units = {value.name: value.unit for value in compute(world, trace)}
    assert units["total_cost"] == "EUR"


def test_kpi_names_are_unique_and_every_one_says_what_it_means():
    names = [kpi.name for kpi in KPIS]
    assert len(names) == len(set(names))
    assert all(kpi.meaning and kpi.unit for kpi in KPIS)


def test_a_member_of_a_family_is_found_and_a_family_needs_its_member():
    assert find_kpi("utilization.pickers").name == "utilization"
    for name in ("utilization", "otif.web", "on_time_shipmet"):
        with pytest.raises(UnknownNameError):
            find_kpi(name)
