"""The tours of a plan, for tables and maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fulfillsim.bench.suites.routings import routing_in
from fulfillsim.optim.batching.instance import Batches, BatchingInstance
from fulfillsim.optim.order_selection import Selection, SelectionInstance
from fulfillsim.optim.order_selection.evaluation import walk_length
from fulfillsim.optim.pick_routing import ROUTING, PickList, Tour
from fulfillsim.optim.pick_routing.method import tour_in_order

Drawn = tuple[PickList, Tour, str]
Row = Mapping[str, object]


def tours_of(
    instance: PickList | BatchingInstance | SelectionInstance, plan: Any, routing: str
) -> tuple[Sequence[Row], Sequence[Drawn]]:
    """Rows that tell a plan, and (picks, tour, title) of each of its tours; no map for a selection."""
    if isinstance(instance, PickList):
        tour = plan if isinstance(plan, Tour) else tour_in_order(instance, plan)
        return _picks(instance, tour), [(instance, tour, instance.name)]
    if isinstance(instance, SelectionInstance):
        return _lists(instance, plan), []
    inner = routing_in(instance.layout, routing)
    drawn = [_batch(instance, number, batch, inner) for number, batch in enumerate(plan)]
    return _batches(instance, plan, drawn), drawn


def _picks(picks: PickList, tour: Tour) -> list[Row]:
    place = "aisle" if hasattr(picks.layout, "n_aisles") else "vertex"
    return [
        {"number": number, "pick": index, place: picks.points[index][0], "position_m": picks.points[index][1]}
        for number, index in enumerate(tour.sequence, 1)
    ]


def _batch(instance: BatchingInstance, number: int, batch: tuple[int, ...], routing: str) -> Drawn:
    lines = instance.line_indices(batch)
    # order lines at one place are one stop
    places = np.unique(np.column_stack([instance.aisle[lines], instance.position_m[lines]]), axis=0)
    picks = PickList.of(instance.layout, places, f"batch {number}")
    tour = ROUTING[routing].route(picks)
    return picks, tour, f"batch {number}: {tour.length_m:.10g} m, {len(batch)} orders, {len(picks)} stops"


def _batches(instance: BatchingInstance, plan: Batches, drawn: Sequence[Drawn]) -> list[Row]:
    rows: list[Row] = []
    for number, (batch, (picks, tour, _)) in enumerate(zip(plan, drawn, strict=True)):
        load = instance.load[list(batch)].sum(axis=0).tolist()
        row: dict[str, object] = {"batch": number, "length_m": round(tour.length_m, 6), "stops": len(picks)}
        row |= {name: f"{taken:g}" for name, taken in zip(instance.dims, load, strict=True)}
        rows.append(row | {"orders": " ".join(map(str, batch))})
    return rows


def _lists(instance: SelectionInstance, plan: Selection) -> list[Row]:
    return [
        {
            "batch": number,
            "picklist": place,
            "zone": int(instance.zone[pieces[0]]),
            "length": walk_length(instance, pieces),
            "pieces": " ".join(map(str, pieces)),
        }
        for number, batch in enumerate(plan)
        for place, pieces in enumerate(batch.picklists)
    ]
