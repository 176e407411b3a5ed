"""Which solver plans a fleet's routes: whether a named one can, and which one ``auto`` stands for."""

from __future__ import annotations

from math import inf

import numpy as np

from fulfillsim.optim.delivery import SOLVERS, auto, solver
from fulfillsim.optim.delivery.instance import Break, DeliveryInstance, DeliveryStop, Depot, Vehicle
from fulfillsim.optim.delivery.travel import SpeedProfile, Travel
from fulfillsim.optim.solving import Stop
from fulfillsim.scenario.schema.fleet import Fleet, Van


def lacking(plan: Fleet, fetches: bool) -> str:
    """What the fleet's solver cannot model in the problems of this fleet; empty if nothing."""
    return solver(plan.solver).supports(usual_problem(plan, fetches)) if plan.solver in SOLVERS else ""


def named(plan: Fleet, fetches: bool) -> tuple[str, str]:
    """What ``auto`` stands for on this machine: the name of a solver, and the reason with its version."""
    name, reason = auto.chosen(usual_problem(plan, fetches), Stop(iterations=plan.budget))
    return name, f"auto stands for {version_of(name)} on this machine: {reason}"


def version_of(name: str) -> str:
    """A solver with the version of its package: ``pyvrp 0.13``, ``ortools of fulfillsim 1.0``."""
    from importlib.metadata import version

    return f"pyvrp {version(name)}" if name == "pyvrp" else f"{name} of fulfillsim {version('fulfillsim')}"


def usual_problem(plan: Fleet, fetches: bool) -> DeliveryInstance:
    """One door, perhaps one to fetch something from, and a van of each kind with all that its plans have to keep."""
    vans = tuple(_vehicle(van) for van in plan.vans.values() if van.count) or (Vehicle((inf,)),)
    way = np.zeros((3, 3))
    varied = any(factor != 1.0 for day in plan.speeds for factor in day)
    travel = Travel(way, way, SpeedProfile((0.0, 1.0), (1.0, 2.0)) if varied else None)
    door = DeliveryStop("door", pickup=(1.0,) if fetches else (), prize=1.0)
    return DeliveryInstance("fleet", (Depot(), Depot("home")), (door,), vans, travel)


def _vehicle(van: Van) -> Vehicle:
    return Vehicle(
        (inf,),
        end_depot=0 if van.ends is None else 1,
        max_distance_m=van.max_distance or inf,
        reload_depot=0 if van.reloads else None,
        breaks=tuple(Break(rest.time, rest.between.from_s, rest.between.until_s) for rest in van.breaks.values()),
    )
