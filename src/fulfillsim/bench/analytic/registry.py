"""Every model that the engine can express, by the name it bears in the file of cases.

To add one: a function ``rows -> Setting`` in the file of its family, and a line here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fulfillsim.bench.analytic import closed, inventory, networks, priorities, queues, tours, transient, trucks
from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.setting import Setting


@dataclass(frozen=True)
class Model:
    """How a model is run.

    Parameters
    ----------
    pattern
        Regular expression that the whole name matches.
    build
        Rows that share a world -> setting.
    asks
        Parameters that belong to a figure and not to the world: rows that differ in them share their runs.
    """

    pattern: str
    build: Callable[[Sequence[Case]], Setting]
    asks: tuple[str, ...] = ("t", "p")


MODELS = (
    Model(r"M/[MGD]/[1c]", queues.single),
    Model(r"GI/M/[1c]", queues.renewal),
    Model(r"M/M/[1c] from empty, first n customers", transient.first_customers, ()),
    Model(r"M/M/c staffing", queues.staffing, ("t", "level", "c")),
    Model(r"M/M/c staffing cost", queues.staffing_cost, ()),
    Model(r"M/M/[1c]/K", queues.limited, ()),
    Model(r"M/G/c/c \(Erlang B\)", queues.loss, ()),
    Model(r"M/M/c\+M", queues.impatient),
    Model(r"M\^X/M/[1c] .*", queues.bulk_arrivals),
    Model(r"M/M\(a,b\)/1 wave release", queues.bulk_service),
    Model(r"M/[MG]/[1c] shortest job first .*", queues.shortest_first),
    Model(r"M/[MG]/[1c] non-preemptive priority", priorities.non_preemptive),
    Model(r"M/M/[1c] preemptive.*", priorities.preemptive),
    Model(r"M/G/1 with multiple vacations .*", priorities.vacations),
    Model(r"tandem M/M/1 .*", networks.tandem),
    Model(r"open Jackson network .*", networks.rework),
    Model(r"closed network .*", closed.fleet, ()),
    Model(r"M/M/c//N machine repair", closed.machine_repair, ()),
    Model(r"2-queue fork-join .*", networks.fork_join),
    Model(r"M\(t\)/M/c\(t\)", transient.varying, ("t",)),
    Model(r"M\(t\)/G/inf .*", transient.in_transit, ("k",)),
    Model(r"scheduled truck, capacity K", trucks.limited_room, ()),
    Model(r"tandem \+ periodic truck", trucks.tandem_then_truck, ("d",)),
    Model(r"uniform random picks", tours.random_picks, ()),
    Model(r"newsvendor, Poisson demand", inventory.newsvendor, ()),
    Model(r"\(r,Q\) continuous review, Poisson demand, backorders", inventory.reorder_point, ()),
    Model(r"\(r,Q\) lost sales, .*", inventory.reorder_point_lost, ()),
    Model(r"\(s,S\) periodic review, Poisson demand, .*", inventory.periodic, ()),
    Model(r"base-stock", inventory.base_stock, ()),
    Model(r"base-stock lost sales", inventory.base_stock_lost, ()),
    Model(r"periodic base-stock, normal demand, lead time L", inventory.periodic_normal, ()),
)


def find(name: str) -> Model | None:
    """Model of that name, None if the engine cannot express it."""
    return next((model for model in MODELS if re.fullmatch(model.pattern, name)), None)


def groups(cases: Sequence[Case]) -> list[tuple[Case, ...]]:
    """Rows that share a world, in the order of the file; rows without a model are left out."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        model = find(case.model)
        if model is not None:
            own = {name: value for name, value in case.parameters.items() if name not in model.asks}
            found.setdefault(json.dumps([case.model, own], sort_keys=True), []).append(case)
    return [tuple(rows) for rows in found.values()]


def build(rows: tuple[Case, ...]) -> Setting:
    """Setting of rows that share a world."""
    model = find(rows[0].model)
    assert model is not None
    return model.build(rows)
