"""Delivery routes under a convention: rounding of distances and what counts first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fulfillsim.bench.harness.find import call
from fulfillsim.bench.harness.suite import COUNTS_FIRST, Case, Judgment, Solver
from fulfillsim.bench.suites.files import digest_of, group_of
from fulfillsim.errors import UnknownNameError
from fulfillsim.io.routing_instances import Conventions, instance_files, read_conventions
from fulfillsim.optim import delivery
from fulfillsim.optim.delivery.evaluation import describe, evaluate
from fulfillsim.optim.delivery.instance import DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.plan import Route
from fulfillsim.optim.delivery.travel import euclidean
from fulfillsim.optim.solving import Solution, Stop
from fulfillsim.scenario.delivery_day import is_delivery_day, read_delivery_day, tables_of
from fulfillsim.scenario.text import ENDINGS

CONVENTIONS = ("dimacs", "vehicles_first")
PUBLISHED = {"dimacs": ("distance",), "vehicles_first": ("vehicles_then_distance",)}
"""Objectives of tables of best known values, by convention, for instances that are published under both."""


class DeliverySuite:
    """Published instances and days in files of ours; figures of different conventions are never compared."""

    name = "delivery"
    axis = "convention"
    column = "objective"
    usual = "dimacs"

    def objective(self, asked: str) -> str:
        """The convention of a name."""
        if asked not in CONVENTIONS:
            raise UnknownNameError("convention", asked, CONVENTIONS)
        return asked

    def published(self, instance: Conventions, objective: str) -> tuple[str, ...]:
        """The table's objective; VRPLIB instances have but one."""
        return PUBLISHED[objective] if len(instance) > 1 else ()

    def read(self, file: Path) -> list[Case]:
        """The instance of a file, or those of a folder, each under all conventions that it is published under."""
        days = [found for found in sorted(file.rglob("*")) if is_delivery_day(found)] if file.is_dir() else []
        return [_case(found) for found in (*instance_files(file), *days)]

    def solvers(self) -> Mapping[str, Solver]:
        """Our methods."""
        return {name: _solver(name) for name in delivery.SOLVERS}

    def adapt(self, function: Callable[..., Any]) -> Solver:
        """``function(instance) -> routes``, each the indices of its stops; route k is driven by vehicle k."""

        def solve(instance: Conventions, objective: str, stop: Stop) -> Solution[Any]:
            found = call(function, (_under(instance, objective),), stop)
            routes = (Route(vehicle, (tuple(int(s) for s in stops),)) for vehicle, stops in enumerate(found))
            return Solution(tuple(route for route in routes if route.stops), "feasible")

        return solve

    def evaluate(self, instance: Conventions, plan: Any, objective: str) -> Judgment:
        """Cost as the convention prints it, and the number of vehicles, which under ``vehicles_first`` counts first."""
        under = _under(instance, objective)
        found = evaluate(under, plan)
        broken = tuple(describe(under, violation) for violation in found.violations)
        measures = {"n_vehicles": float(found.n_vehicles)}
        if under.convention.objective == "vehicles_then_cost":
            measures[COUNTS_FIRST] = float(found.n_vehicles)
        return Judgment(under.printed(found.cost), broken, measures)

    def kind(self, instance: Conventions) -> str:
        """All are of one kind."""
        return ""

    def warm_up(self, solver: Solver, name: str, objective: str, kind: str) -> None:
        """Route a dozen stops, long enough for every part of a method to run."""
        rng = np.random.default_rng(1)
        points = rng.integers(0, 100, (13, 2)).astype(float)
        stops = tuple(DeliveryStop(str(n), (1.0,), windows_s=((0.0, 900.0),)) for n in range(12))
        small = DeliveryInstance("warm-up", (Depot(),), stops, (Vehicle((4.0,)),) * 5, euclidean(points))
        solver({objective: small}, objective, Stop(seconds=0.6))


def _case(file: Path) -> Case:
    """A published instance under its conventions, or a day of ours under its one."""
    if file.suffix.lower() not in ENDINGS:
        return Case(file.as_posix(), read_conventions(file), digest_of(file), group_of(file))
    instance = read_delivery_day(file)
    return Case(file.as_posix(), {"dimacs": instance}, digest_of(file, *tables_of(file)), group_of(file))


def _under(instance: Conventions, objective: str) -> DeliveryInstance:
    return instance[objective] if objective in instance else instance["dimacs"]


def _solver(name: str) -> Solver:
    def solve(instance: Conventions, objective: str, stop: Stop) -> Solution[Any]:
        if objective not in instance:
            return Solution(None, "unknown", message=f"this instance is not published under {objective}")
        under = instance[objective]
        found = delivery.solver(name).solve(under, stop)
        plan = found.plan if found.status in ("optimal", "feasible") else None
        bound = None if found.lower_bound is None else found.lower_bound / under.convention.divisor
        # on the way, vehicles are priced so as to come first: such costs mean nothing beside distances
        steps = found.incumbents if under.convention.objective == "cost" else ()
        points = tuple((seconds, under.printed(value)) for seconds, value in steps)
        return replace(
            found, plan=plan, lower_bound=bound, incumbents=points, message=f"{found.message} [{under.convention}]"
        )

    return solve
