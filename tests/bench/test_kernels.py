"""The rates of routing kernels: every method that can is measured, and worse ones are longer."""

import json

from typer.main import get_command

from fulfillsim.bench.app import app
from fulfillsim.bench.kernels import routing_speed, shown


def test_each_method_is_measured_on_the_layouts_it_supports():
    rates = routing_speed(n_tours=40, most_blocks=2)
    measured = {(rate.method, rate.n_blocks) for rate in rates}
    assert {("exact", 1), ("exact", 2), ("aisle_by_aisle", 2), ("midpoint", 1)} <= measured
    assert ("midpoint", 2) not in measured
    assert all(min(rate.batch_per_s, rate.single_per_s, rate.route_per_s) > 0 for rate in rates)
    assert all(rate.over_optimum_percent >= -1e-9 for rate in rates)
    assert json.loads(shown(rates, "json"))["rows"][0]["method"] == "exact"
    assert "| exact | 1 |" in shown(rates, "md") and "batch tours/s" in shown(rates, "table")


def test_every_benchmark_takes_the_short_option_of_the_format():
    for name, command in get_command(app).commands.items():
        options = [opt for param in command.params for opt in param.opts]
        assert "--format" not in options or "-f" in options, name
