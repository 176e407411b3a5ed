"""``fulfillsim list``: the names that scenarios and options may use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
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


def list_kind(
    kind: Annotated[Kind, typer.Argument(help="What to list.")] = Kind.scenarios,
    form: FormatOption = Format.table,
) -> None:
    """List what is there: scenarios, KPIs, policies, distributions or plots."""
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
    from fulfillsim.policies.batching import BATCHING
    from fulfillsim.policies.carrier_choice import CHOICES

    policies: dict[str, Mapping[str, object]] = {"batching": BATCHING, "carrier_choice": CHOICES}
    return [
        {"decision": decision, "policy": name, "what": _first_line(policy)}
        for decision, named in policies.items()
        for name, policy in named.items()
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
    from fulfillsim.report.plots import PLOTS

    return [{"plot": name, "what": _first_line(plot)} for name, plot in PLOTS.items()]


def _first_line(thing: object) -> str:
    return (thing.__doc__ or "").strip().partition("\n")[0]


LISTS: dict[Kind, Callable[[], list[Row]]] = {
    Kind.scenarios: _scenarios,
    Kind.kpis: _kpis,
    Kind.policies: _policies,
    Kind.distributions: _distributions,
    Kind.plots: _plots,
}
