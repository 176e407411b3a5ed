"""The STRESS-DES checklist of a study, filled from what it was run with.

Twenty things that a reader must be told about a discrete-event study to judge it and to repeat it. What no file can
know, such as where data came from beyond what the scenario says, is left to the authors and marked so.

References
----------
Monks, Currie, Onggo, Robinson, Kunc, Taylor (2019), Strengthening the reporting of empirical simulation studies:
introducing the STRESS guidelines, Journal of Simulation 13(1), table 1 (STRESS-DES).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillsim.experiment.versions import surroundings

CHECKLIST = "stress_des.md"
OPEN = "*To be filled in by the authors:*"
STAGES = {
    "demand": "orders arrive by channel, with their lines, and are captured",
    "processing": "orders are checked, held for payment or fraud, and cleared",
    "inventory": "goods are ordered, received and put away; orders wait for stock or are split",
    "assembly": "kits are put together at benches, for orders or for the shelf; they wait for their components",
    "fulfillment": "orders are released, picked, packed and worked on step by step",
    "delivery": "parcels are handed to carriers at their departures and delivered",
    "communication": "customers are told, ask, and are answered",
}


@dataclass(frozen=True)
class Design:
    """What an experiment was, in words.

    Parameters
    ----------
    aims
        What was asked: alternatives, settings, targets.
    estimation
        Replications, intervals, stopping.
    kpis
        Names and units of what came out.
    seed
        Of the study.
    common
        Whether all alternatives ran on the same random numbers.
    """

    aims: Sequence[str]
    estimation: Sequence[str]
    kpis: Mapping[str, str]
    seed: int
    common: bool = True


def checklist(resolved: Mapping[str, Any], design: Design) -> str:
    """The checklist as Markdown.

    Parameters
    ----------
    resolved
        The scenario with all defaults, as `Scenario.resolved` gives it; that of the baseline where there are several.
    design
        What was done with it.
    """
    head = [
        f"# STRESS-DES checklist: {resolved.get('name', 'study')}",
        "",
        "Filled from the metadata of this study after Monks et al. (2019), Strengthening the reporting of empirical",
        "simulation studies, Journal of Simulation 13(1). Every value of the model stands in `resolved.json`.",
    ]
    parts = [_objectives, _logic, _data, _experimentation, _implementation, _access]
    return "\n".join([*head, *(line for part in parts for line in ("", *part(resolved, design)))]) + "\n"


def _item(number: str, title: str, *lines: str) -> Iterator[str]:
    yield from ("", f"**{number} {title}**", "")
    yield from lines


def _objectives(resolved: Mapping[str, Any], design: Design) -> Iterator[str]:
    yield "## 1 Objectives"
    yield from _item("1.1", "Purpose of the model", resolved.get("question") or f"{OPEN} the question.")
    targets = [f"Target: {name} {_at(resolved, 'targets', name)}." for name in _names(resolved, "targets")]
    outputs = ", ".join(f"{kpi} ({unit})" for kpi, unit in design.kpis.items())
    yield from _item("1.2", "Model outputs", f"{outputs or 'none'}; definitions by `fulfillsim list kpis`.", *targets)
    yield from _item("1.3", "Aims of experimentation", *design.aims)


def _logic(resolved: Mapping[str, Any], design: Design) -> Iterator[str]:
    there = {name: said for name, said in STAGES.items() if resolved.get(name)}
    yield "## 2 Logic"
    yield from _item("2.1", "Base model overview diagram", "    " + " -> ".join(there))
    yield from _item("2.2", "Base model logic", *(f"- {name}: {said}" for name, said in there.items()))
    yield from _item("2.3", "Scenario logic", *design.aims)
    rules = {
        "release": _at(resolved, "fulfillment", "release", "rule") or _at(resolved, "fulfillment", "release"),
        "priority": _at(resolved, "fulfillment", "priority"),
        "picker routing": _at(resolved, "fulfillment", "picking", "tour", "routing"),
        "batching": _at(resolved, "fulfillment", "picking", "batch", "policy"),
        "replenishment": _at(resolved, "inventory", "rule"),
        "supplier choice": _at(resolved, "inventory", "sourcing", "policy") or _at(resolved, "inventory", "sourcing"),
        "carrier choice": _at(resolved, "delivery", "choice"),
    }
    yield from _item(
        "2.4", "Algorithms", *(f"- {what}: {rule}" for what, rule in rules.items() if isinstance(rule, str))
    )
    yield from _components(resolved)


def _components(resolved: Mapping[str, Any]) -> Iterator[str]:
    yield from _item("2.5.1", "Entities", "Orders, order lines, parcels, supplies, contacts of customers.")
    steps = ["picking"] if _at(resolved, "fulfillment", "picking") else []
    if _at(resolved, "assembly"):
        steps += [f"assembly at {bench}" for bench in _names(resolved, "assembly", "benches")] or ["assembly"]
    yield from _item(
        "2.5.2", "Activities", *(f"- {step}" for step in [*steps, *_names(resolved, "fulfillment", "steps")])
    )
    roles = _names(resolved, "staff")
    yield from _item("2.5.3", "Resources", *(f"- {role}: {_shifts(resolved['staff'][role])}" for role in roles))
    found = _disciplines(resolved)
    queues = [f"- {place}: {rule}" for place, rule in found] or ["- one queue before each activity, first come first"]
    yield from _item("2.5.4", "Queues", *queues)
    entries = ", ".join(_names(resolved, "demand", "channels")) or "the orders of a history"
    carriers = ", ".join(_names(resolved, "delivery", "carriers")) or "the end of fulfillment"
    yield from _item("2.5.5", "Entry and exit points", f"Orders enter by {entries} and leave by {carriers}.")


def _at(tree: Any, *keys: str) -> Any:
    """What stands at an address; None where nothing does, or something shorter was written."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _names(tree: Any, *keys: str) -> list[str]:
    """Names below an address."""
    found = _at(tree, *keys)
    return [str(name) for name in found] if isinstance(found, Mapping | list) else []


def _shifts(role: Any) -> str:
    shifts = [(name, _at(role, "shifts", name)) for name in _names(role, "shifts")]
    told = [f"{name} {_at(shift, 'hours')} x {_at(shift, 'headcount')}" for name, shift in shifts]
    return f"{', '.join(told)}; skills {', '.join(_names(role, 'skills'))}"


def _disciplines(tree: Any, path: str = "") -> list[tuple[str, str]]:
    """Every queue discipline that the scenario names, with its place."""
    if not isinstance(tree, Mapping):
        return []
    found = [(path, str(tree["discipline"]))] if "discipline" in tree else []
    for key, below in tree.items():
        found += _disciplines(below, f"{path}.{key}" if path else str(key))
    return found


def _data(resolved: Mapping[str, Any], design: Design) -> Iterator[str]:
    files = _files(resolved)
    yield "## 3 Data"
    sources = [f"- {path}: {name}" for path, name in files] or ["No file: all inputs stand in the scenario."]
    yield from _item("3.1", "Data sources", *sources, f"{OPEN} where the values come from.")
    history = [f"- {path}: read by the column map and the rules of the scenario" for path, _ in files]
    yield from _item("3.2", "Pre-processing", *(history or ["None by this program."]))
    yield from _item("3.3", "Input parameters", "All in `scenario.yaml`, with defaults in `resolved.json`.")
    assumed = [f"- {what}: {_at(resolved, 'assumed', what)}" for what in _names(resolved, "assumed")]
    yield from _item("3.4", "Assumptions", *(assumed or [f"{OPEN} the scenario lists none under `assumed`."]))


def _files(tree: Any, path: str = "") -> list[tuple[str, str]]:
    if not isinstance(tree, Mapping):
        return []
    found = []
    for key, below in tree.items():
        place = f"{path}.{key}" if path else str(key)
        if key in ("table", "file", "orders_file") and isinstance(below, str):
            found.append((place, below))
        else:
            found += _files(below, place)
    return found


def _experimentation(resolved: Mapping[str, Any], design: Design) -> Iterator[str]:
    warm_up, days, drain = (resolved.get(key, "none") for key in ("warm_up", "days", "drain"))
    stock = _at(resolved, "inventory", "start")
    yield "## 4 Experimentation"
    begin = f"Warm-up of {warm_up}, left out of all figures." + (f" Stock at the start: {stock}." if stock else "")
    yield from _item("4.1", "Initialisation", begin)
    length = f"{days} days from {resolved.get('start')} ({resolved.get('zone')}), then drain: {drain}."
    yield from _item("4.2", "Run length", length)
    yield from _item("4.3", "Estimation approach", *design.estimation)


def _implementation(resolved: Mapping[str, Any], design: Design) -> Iterator[str]:
    versions = surroundings()
    yield "## 5 Implementation"
    packages = ", ".join(f"{name} {version}" for name, version in versions.items() if name != "cpu")
    yield from _item("5.1", "Software or programming language", packages + ".")
    numbers = (
        "the same for all alternatives (common random numbers)" if design.common else "others for each alternative"
    )
    streams = "Philox, one substream for each source of chance and replication, keyed by seed, source and index"
    yield from _item("5.2", "Random sampling", f"{streams}; seed {design.seed}, {numbers}.")
    order = "Event by event; events of one instant in the order in which they were scheduled. Conservation of orders,"
    yield from _item("5.3", "Model execution", f"{order} items and work is checked after every replication.")
    bits = "Figures do not depend on the number of processes."
    yield from _item("5.4", "System specification", f"Instruction sets used: {versions['cpu']}. {bits}")


def _access(resolved: Mapping[str, Any], design: Design) -> Iterator[str]:
    yield "## 6 Code access"
    again = "`fulfillsim report --verify` runs the figures of this directory again from its own files."
    yield from _item("6.1", "Computer model sharing statement", f"fulfillsim is open source (Apache-2.0). {again}")
