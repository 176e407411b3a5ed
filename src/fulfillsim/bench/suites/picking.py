"""Tours of single pickers: which routing is how far from the shortest tour.

The objective is a routing too: ``exact`` is the shortest tour, and under ``s_shape`` only s-shape tours compare. So
``--solver s_shape`` shows what s-shape costs over the optimum, ``--solver auto --routing s_shape`` whether ours has the
length that a table gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import index
from pathlib import Path
from typing import Any

from fulfillsim.bench.harness.best_known import Best
from fulfillsim.bench.harness.find import call
from fulfillsim.bench.harness.suite import Case, Judgment, Solver
from fulfillsim.bench.suites.files import digest_of, group_of
from fulfillsim.bench.suites.routings import published_names, routing_of
from fulfillsim.domain.layout import NEAR_M, Point, RectangularLayout
from fulfillsim.errors import InputError
from fulfillsim.io.instances import files_below, format_of, read_batching, read_tours
from fulfillsim.optim.batching.instance import BatchingInstance
from fulfillsim.optim.pick_routing import OF_SINGLE_TOURS, ROUTING, PickList, RoutingMethod, Tour, measure, measure_path
from fulfillsim.optim.solving import Solution, Stop

EXACT, HEAVY_FIRST = "exact", "heavy_first"
PROVEN = (EXACT, HEAVY_FIRST)
"""Routings whose tours are the shortest under their rule."""


class PickingSuite:
    """Pick lists, routings, tours."""

    name = "picking"
    axis = "routing"
    column = "routing"
    usual = "optimal"

    def objective(self, asked: str) -> str:
        """Our name of a routing."""
        return routing_of(asked, OF_SINGLE_TOURS)

    def published(self, instance: PickList, objective: str) -> tuple[str, ...]:
        """Names of the routing in tables."""
        return published_names(objective)

    def read(self, file: Path) -> list[Case]:
        """Tours of a list; of an instance for batching each order as one tour; of a folder all files."""
        return [case for found in files_below(file) for case in _read(found)]

    def solvers(self) -> Mapping[str, Solver]:
        """Every routing, and ``auto``: the routing asked for, exact where that is the shortest tour."""
        return {"auto": _auto} | {name: _solver(method) for name, method in OF_SINGLE_TOURS.items()}

    def adapt(self, function: Callable[..., Any]) -> Solver:
        """``function(picks) -> indices of the picks in the order of the walk``, or a `Tour` with a path of its own."""

        def solve(instance: PickList, objective: str, stop: Stop) -> Solution[Tour | tuple[int, ...]]:
            found = call(function, (instance,), stop)
            if isinstance(found, Tour):
                return Solution(found, "feasible")
            try:
                return Solution(tuple(index(pick) for pick in found), "feasible")
            except TypeError as error:
                raise TypeError(f"must return the indices of the picks as they are collected ({error})") from None

        return solve

    def evaluate(self, instance: PickList, plan: Tour | tuple[int, ...], objective: str) -> Judgment:
        """Metres of a tour's path, or of the shortest walk in the order of a sequence."""
        if objective == HEAVY_FIRST:  # a path does not tell which pick was taken when
            sequence = plan.sequence if isinstance(plan, Tour) else plan
            judgment = self.evaluate(instance, tuple(sequence), EXACT)
            return replace(judgment, violations=(*judgment.violations, *_too_early(instance, sequence)))
        if not isinstance(plan, Tour):
            try:
                return Judgment(measure(instance, plan))
            except InputError as error:
                return Judgment(0.0, (str(error),))
        missed = [index for index in range(len(instance)) if index not in set(plan.sequence)]
        missed += [index for index, point in enumerate(instance.points) if not _passes(plan.path, point)]
        violations = [f"picks {sorted(set(missed))} are not collected"] if missed else []
        try:
            return Judgment(measure_path(instance.layout, plan.path), tuple(violations))
        except InputError as error:
            return Judgment(0.0, (*violations, str(error)))

    def kind(self, instance: PickList) -> str:
        """All are of one kind."""
        return ""

    def warm_up(self, solver: Solver, name: str, objective: str, kind: str) -> None:
        """Route three picks in one block, and in two."""
        for n_blocks in (1, 2):
            layout = RectangularLayout(3, 5, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0, n_blocks=n_blocks)
            solver(PickList.of(layout, [(0, 2.0), (1, 3.0), (2, 4.0)], "warm-up"), objective, Stop(seconds=1.0))


def _too_early(instance: PickList, sequence: Sequence[int]) -> list[str]:
    """Why a sequence is not heavy first."""
    heavy = [bool(instance.is_heavy[pick]) for pick in sequence if 0 <= pick < len(instance)]
    n_first = sum(heavy)
    return [] if all(heavy[:n_first]) else ["a pick that is not heavy is collected before one that is"]


def _read(file: Path) -> list[Case]:
    digest, name = digest_of(file), file.as_posix()
    if format_of(file) == "routing_ref":
        return [
            Case(
                f"{name}#{tour.picks.name}",
                tour.picks,
                digest,
                f"{file.stem}/{tour.n_blocks}-block" if tour.n_blocks else f"{file.stem}/graph",
                {
                    key: Best(value, proven=routing_of(key, OF_SINGLE_TOURS) in PROVEN)
                    for key, value in tour.known.items()
                },
            )
            for tour in read_tours(file)
        ]
    instance = read_batching(file)
    if instance.n_orders == 1:
        return [Case(name, _pick_list(instance, 0), digest, group_of(file))]
    return [
        Case(f"{name}#{order}", _pick_list(instance, order), digest, group_of(file))
        for order in range(instance.n_orders)
    ]


def _pick_list(instance: BatchingInstance, order: int) -> PickList:
    lines = instance.lines(order)
    name = f"{instance.name}, order {order}"
    return PickList(instance.layout, instance.aisle[lines], instance.position_m[lines], name)


def _auto(instance: PickList, objective: str, stop: Stop) -> Solution[Tour]:
    """The routing asked for; for the shortest tour where exact does not apply, the shorter of two heuristics."""
    if objective != EXACT or not ROUTING[EXACT].supports(instance.layout):
        return _solver(OF_SINGLE_TOURS[objective])(instance, objective, stop)
    tours = {name: ROUTING[name].route(instance) for name in ("nearest_2opt", "ortools")}
    name = min(tours, key=lambda name: tours[name].length_m)
    return Solution(tours[name], "feasible", message=name)


def _solver(method: RoutingMethod) -> Solver:
    def solve(instance: PickList, objective: str, stop: Stop) -> Solution[Tour]:
        if why := method.supports(instance.layout):
            return Solution(None, "unknown", message=f"routing {method.name}: {why}")
        tour = method.route(instance)
        if method.name in PROVEN and objective == method.name:
            return Solution(tour, "optimal", lower_bound=tour.length_m)
        return Solution(tour, "feasible")

    return solve


def _passes(path: tuple[Point, ...], point: Point) -> bool:
    """Whether a path passes a place."""
    pairs = zip(path, path[1:] or path, strict=False)
    return any(
        a[0] == b[0] == point[0] and min(a[1], b[1]) - NEAR_M <= point[1] <= max(a[1], b[1]) + NEAR_M for a, b in pairs
    ) or any(at[0] == point[0] and abs(at[1] - point[1]) <= NEAR_M for at in path)
