"""What features cost a scenario that does not use them, in steps of the interpreter (opcodes), which no load changes.

A step belongs to a feature if it runs in a module of the feature's own, or in a statement of the simulation that names
what the feature has (`FEATURES`), be it only to find it absent; of ``if``, ``for`` and ``while`` the head counts. A
statement counts whole for each feature that it names, so a share is rather too large than too small. What a feature
changed in statements that do not name it cannot be seen here.
"""

from __future__ import annotations

import ast
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import fulfillsim
from fulfillsim.domain.world import World
from fulfillsim.policies.promising import BACKLOG
from fulfillsim.report.tables import as_csv, as_markdown, as_table
from fulfillsim.sim.progress import is_followed, promises_by

SCHEMA_VERSION = 1
PACKAGE = Path(fulfillsim.__file__).parent
AIM_PERCENT = 2.0


@dataclass(frozen=True)
class Feature:
    """Something that a scenario may have.

    Parameters
    ----------
    modules
        Its own ones in ``sim``.
    names
        What variables and attributes elsewhere in ``sim`` are called that hold it, or nothing; ``model.backlog`` where
        the last word alone stands for other things too.
    is_used
        Whether a world has it.
    """

    modules: frozenset[str]
    names: frozenset[str]
    is_used: Callable[[World], object]


@dataclass(frozen=True)
class Cost:
    """Steps of a feature in a run that does not use it."""

    feature: str
    steps: int
    steps_per_order: float
    percent: float


@dataclass(frozen=True)
class Costs:
    """All of them, and what they are shares of."""

    scenario: str
    n_orders: int
    steps: int
    rows: tuple[Cost, ...]
    used: tuple[str, ...]
    """Features that the scenario has, which are not looked at."""


def _of(modules: str, names: str, is_used: Callable[[World], object]) -> Feature:
    return Feature(frozenset(modules.split()), frozenset(names.split()), is_used)


def _pickings(world: World) -> Iterator[Any]:
    yield from world.fulfillment.pickings if world.fulfillment is not None else ()


def _shifts(world: World) -> Iterator[Any]:
    return (shift for role in world.staff for shift in role.shifts)


FEATURES: dict[str, Feature] = {
    "paths": _of("paths", "paths", lambda w: w.fulfillment and w.fulfillment.paths),
    "put walls": _of("put_wall", "wall walls", lambda w: w.fulfillment and any(s.wall for s in w.fulfillment.steps)),
    "pick zones, consolidation": _of(
        "consolidation", "consolidation n_parts", lambda w: any(len(p.zones) > 1 for p in _pickings(w))
    ),
    "mis-picks, short picks": _of(
        "pick_errors short_lines", "errors short_lines mispicks", lambda w: any(p.errors for p in _pickings(w))
    ),
    "congestion": _of(
        "congestion", "congestion crowds", lambda w: any(p.tour and p.tour.congestion for p in _pickings(w))
    ),
    "forward slots": _of("slots shelves", "slots forward", lambda w: w.inventory and w.inventory.forward),
    "record errors, cycle counts": _of(
        "record_errors counting", "records counter counting", lambda w: w.inventory and w.inventory.records
    ),
    "kits": _of("benches work_orders", "kits assembly benches from_shelf shelf_lines", lambda w: w.assembly),
    "orders in several parcels": _of("", "n_objects in_two", lambda w: w.inventory and w.inventory.shortage == "split"),
    "parts that wait for each other at the dock": _of(
        "consignments", "gathering n_missing in_one", lambda w: w.delivery and w.delivery.consolidate_s is not None
    ),
    "choice of supplier": _of("", "sourcing choose", lambda w: w.inventory and w.inventory.sourcing),
    "suppliers late and short": _of(
        "",
        "supplier.late supplier.short delivery.n_missing _short follows_s",
        lambda w: w.inventory and any(s.late or s.short for s in w.inventory.suppliers),
    ),
    "waves that name departures": _of(
        "", "due_lanes departures belongs", lambda w: w.fulfillment and w.fulfillment.release.names_departures
    ),
    "absence": _of("", "absence", lambda w: any(role.absence for role in w.staff)),
    "learning": _of(
        "", "learning tenure", lambda w: any(r.learning for r in w.staff) or any(s.learning for s in _shifts(w))
    ),
    "agency people": _of("", "agency", lambda w: any(shift.agency for shift in _shifts(w))),
    "overtime, going home early": _of(
        "house", "house shift_end home_after_s", lambda w: any(r.shift_end for r in w.staff)
    ),
    "outages and other disruptions": _of("outages", "outages outage undisturbed", lambda w: w.events),
    "carrier desk": _of("carrier_desk", "desk assignment commitment", lambda w: w.delivery and w.delivery.assignment),
    "own vans": _of(
        "driving parcel planning depot outsourcing", "fleet vans", lambda w: w.delivery and w.delivery.fleet
    ),
    "returns": _of("returns fetching", "returns fetching collect", lambda w: w.returns),
    "proactive notices": _of("lookout progress foresight", "lookout progress", is_followed),
    "promises by backlog": _of(
        "backlog outlook workload", "model.backlog outlook path_time", lambda w: promises_by(w, BACKLOG)
    ),
    "open orders at the start": _of("resuming in_transit", "snapshot n_given entries", lambda w: w.snapshot),
}


def count_unused(world: World, tape: Any) -> Costs:
    """Run a world once and count its steps, those of each feature that it does not have apart."""
    from fulfillsim.sim import run

    run(world, tape)  # what is imported and kept for later runs is not counted
    ran = _steps_of(lambda: run(world, tape))
    unused = {name: feature for name, feature in FEATURES.items() if not feature.is_used(world)}
    found: Counter[str] = Counter()
    for code, steps in ran.items():
        file = Path(code.co_filename)
        if "sim" in file.relative_to(PACKAGE).parts:
            for name, feature in unused.items():
                found[name] += _steps_in(file, code, steps, feature)
    total, n_orders = sum(sum(steps.values()) for steps in ran.values()), len(tape)
    rows = [Cost(name, found[name], found[name] / max(n_orders, 1), 100.0 * found[name] / total) for name in unused]
    rows.sort(key=lambda cost: -cost.steps)
    return Costs(world.name, n_orders, total, tuple(rows), tuple(name for name in FEATURES if name not in unused))


def _steps_of(work: Callable[[], object]) -> Mapping[CodeType, Counter[int]]:
    """How often each instruction of the package runs, by code object and offset."""
    ran: dict[CodeType, Counter[int]] = {}
    inside = str(PACKAGE)

    def look(frame: FrameType, event: str, _: object) -> Any:
        if event == "opcode":
            ran[frame.f_code][frame.f_lasti] += 1
        elif event == "call":
            if not frame.f_code.co_filename.startswith(inside):
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
            ran.setdefault(frame.f_code, Counter())
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        work()
    finally:
        sys.settrace(before)
    return ran


def _steps_in(file: Path, code: CodeType, steps: Counter[int], feature: Feature) -> int:
    """Steps of a code object that belong to a feature."""
    if file.stem in feature.modules:
        return sum(steps.values())
    spans = [span for span, names in _statements(file) if names & feature.names]
    if not spans:
        return 0
    places = list(code.co_positions())
    return sum(n for offset, n in steps.items() if _is_inside(places[offset // 2], spans))


Span = tuple[tuple[int, int], tuple[int, int]]


def _is_inside(place: tuple[int | None, int | None, int | None, int | None], spans: list[Span]) -> bool:
    line, _, column, _ = place
    return line is not None and column is not None and any(a <= (line, column) < b for a, b in spans)


@lru_cache(maxsize=256)
def _statements(file: Path) -> list[tuple[Span, frozenset[str]]]:
    """Begin and end of every simple statement and head, and the names in it."""
    tree = ast.parse(file.read_text("utf-8"))
    nodes = [node for statement in ast.walk(tree) if isinstance(statement, ast.stmt) for node in _heads(statement)]
    return [(_span(node), frozenset(_names(node))) for node in nodes]


def _heads(statement: ast.stmt) -> Iterator[ast.AST]:
    """What a statement runs by itself, without the statements in it."""
    if isinstance(statement, ast.If | ast.While):
        yield statement.test
    elif isinstance(statement, ast.For):
        yield statement.iter
    elif isinstance(statement, ast.With):
        yield from (item.context_expr for item in statement.items)
    elif not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Try):
        yield statement


def _span(node: Any) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _names(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr
            yield f"{getattr(inner.value, 'id', getattr(inner.value, 'attr', ''))}.{inner.attr}"


def shown(costs: Costs, form: str) -> str:
    """Text in the format ``table``, ``md``, ``csv`` or ``json``."""
    if form == "json":
        return json.dumps({"schema_version": SCHEMA_VERSION, **asdict(costs)}, indent=1)
    rows = [
        {"feature": row.feature, "steps an order": f"{row.steps_per_order:.2f}", "share": f"{row.percent:.2f} %"}
        for row in costs.rows
    ]
    if form == "csv":
        return as_csv(rows)
    table = as_markdown(rows) if form == "md" else as_table(rows, right=["steps an order", "share"])
    used = f"; has itself: {', '.join(costs.used)}" if costs.used else ""
    per_order = costs.steps / max(costs.n_orders, 1)
    return f"{table}\n\n{costs.scenario}: {costs.n_orders:,} orders, {per_order:,.0f} steps an order{used}"
