"""``fulfillsim list``: the names that scenarios and options may use."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from fulfillsim.cli.options import Format, FormatOption
from fulfillsim.cli.tables import Row, show


class Kind(StrEnum):
    """What can be listed."""

    scenarios = "scenarios"
    kpis = "kpis"
    policies = "policies"
    distributions = "distributions"
    plots = "plots"
    routing = "routing"
    solvers = "solvers"
    procedures = "procedures"
    intervals = "intervals"


def list_kind(
    kind: Annotated[Kind, typer.Argument(help="What to list.")] = Kind.scenarios,
    form: FormatOption = Format.table,
) -> None:
    """List what is there: scenarios, KPIs, policies, distributions, plots, methods, solvers or procedures."""
    typer.echo(show(LISTS[kind](), form))


def _scenarios() -> list[Row]:
    from fulfillsim.scenario import shipped_scenarios

    return [
        {"scenario": name, "question": _question(file.read_text("utf-8"))} for name, file in shipped_scenarios().items()
    ]


def _question(text: str) -> str:
    """What a scenario file asks, read without loading it."""
    asked = re.search(r"^question:\s*(.+)$", text, re.MULTILINE)
    return asked[1].strip("\"' ") if asked else text.partition("\n")[0].lstrip("# ")


def _kpis() -> list[Row]:
    from fulfillsim.kpi import KPIS

    return [{"kpi": k.name, "unit": k.unit, "better": k.better, "what": k.meaning} for k in KPIS]


def _policies() -> list[Row]:
    from fulfillsim.policies.assignment import ASSIGNMENT
    from fulfillsim.policies.batching import BATCHING
    from fulfillsim.policies.carrier_choice import CHOICES
    from fulfillsim.policies.notification import NOTIFICATION
    from fulfillsim.policies.promising import PROMISING
    from fulfillsim.policies.supplier_choice import SUPPLIER_CHOICE

    policies: dict[str, Mapping[str, object]] = {
        "batching": BATCHING,
        "carrier_choice": CHOICES,
        "supplier_choice": SUPPLIER_CHOICE,
        "notification": NOTIFICATION,
        "promise": PROMISING,
        "assignment": ASSIGNMENT,
    }
    return [
        {"decision": decision, "policy": name, "what": _first_line(policy)}
        for decision, named in policies.items()
        for name, policy in named.items()
        if policy is not None
    ]


def _distributions() -> list[Row]:
    from fulfillsim.sampling.distributions import COUNT_FAMILIES, FAMILIES

    rows: list[Row] = []
    for kind, families in (("quantity", FAMILIES), ("count", COUNT_FAMILIES)):
        for name, family in families.items():
            forms = [" ".join([*form.required, *(f"[{part}]" for part in form.optional)]) for form in family.forms]
            rows.append({"distribution": name, "of": kind, "parameters": " | ".join(forms), "what": family.summary})
    return rows


def _plots() -> list[Row]:
    from fulfillsim.report.plots import OF_AN_ORDER, OVER_REPLICATIONS, PLOTS

    kinds = (("a replication", PLOTS), ("all replications", OVER_REPLICATIONS), ("an order", OF_AN_ORDER))
    return [{"plot": name, "of": of, "what": _first_line(plot)} for of, plots in kinds for name, plot in plots.items()]


def _routing() -> list[Row]:
    from fulfillsim.optim.pick_routing import OF_SINGLE_TOURS

    return [{"routing": name, "what": _file_line(method.walk)} for name, method in OF_SINGLE_TOURS.items()]


def _solvers() -> list[Row]:
    from fulfillsim.optim import batching, carrier_assignment, delivery, order_selection

    problems: dict[str, Mapping[str, object]] = {
        "batching": batching.SOLVERS,
        "order_selection": order_selection.SOLVERS,
        "delivery": {name: delivery.solver(name) for name in delivery.SOLVERS},
        "carrier_assignment": {name: carrier_assignment.solver(name) for name in carrier_assignment.SOLVERS},
    }
    return [
        {"problem": problem, "solver": name, "what": _first_line(solver)}
        for problem, named in problems.items()
        for name, solver in named.items()
    ]


def _procedures() -> list[Row]:
    from fulfillsim.stats.selection import PROCEDURES

    return [
        {
            "procedure": name,
            "common random numbers": "allowed" if choice.allows_crn else "refused",
            "guarantee": choice.guarantee,
            "serves": choice.serves,
        }
        for name, choice in PROCEDURES.items()
    ]


def _file_line(function: object) -> str:
    """First line of the file that a function lies in: one file, one method."""
    return _first_line(sys.modules[getattr(function, "__module__", "")])


def _first_line(thing: object) -> str:
    if isinstance(thing, partial):
        return f"{_first_line(thing.func).removesuffix('.')}: {', '.join(map(str, thing.args))}."
    return (thing.__doc__ or "").strip().partition("\n")[0]


def _intervals() -> list[Row]:
    from fulfillsim.experiment.interval_methods import METHODS, options_of

    return [
        {"method": name, "options": options_of(name), "what": _first_line(method)} for name, method in METHODS.items()
    ]


LISTS: dict[Kind, Callable[[], list[Row]]] = {
    Kind.scenarios: _scenarios,
    Kind.kpis: _kpis,
    Kind.policies: _policies,
    Kind.distributions: _distributions,
    Kind.plots: _plots,
    Kind.routing: _routing,
    Kind.solvers: _solvers,
    Kind.procedures: _procedures,
    Kind.intervals: _intervals,
}
