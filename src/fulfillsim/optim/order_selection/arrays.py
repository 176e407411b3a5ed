"""Instances as the kernels read them, and plans read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.optim.order_selection.instance import SelectedBatch, Selection, SelectionInstance

if TYPE_CHECKING:
    from fulfillsim.optim.order_selection._kernels import Choice, State


def choice_of(instance: SelectionInstance) -> Choice:
    """The instance as arrays."""
    from fulfillsim.optim.order_selection._kernels import Choice

    by_article = np.argsort(instance.piece_article, kind="stable")
    counts = np.bincount(instance.piece_article, minlength=len(instance.volume))
    return Choice(
        first=instance.first,
        article=instance.article.astype(np.int64),
        volume=instance.volume[instance.piece_article].astype(np.int64),
        row=instance.row.astype(np.int64),
        aisle=instance.aisle.astype(np.int64),
        zone=instance.zone.astype(np.int64),
        pieces_first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        pieces=by_article.astype(np.int64),
        edge=instance.edge_row,
        min_positions=instance.min_positions,
        max_orders=instance.max_orders,
        max_volume=instance.max_volume,
    )


def fewest_batches(instance: SelectionInstance) -> int:
    """Batches that the longest orders need to hold all positions that are asked for."""
    sizes = np.sort(np.diff(instance.first))[::-1].cumsum()
    n_orders = int(np.searchsorted(sizes, instance.min_positions)) + 1
    return -(-n_orders // instance.max_orders)


def empty_state(instance: SelectionInstance, n_batches: int) -> State:
    """A plan without orders in so many batches, with room for one picklist per position."""
    from fulfillsim.optim.order_selection._kernels import NONE, State

    longest = int(np.diff(instance.first).max())
    room = instance.min_positions + longest + 1
    lists = (np.zeros(room, np.int64) for _ in range(4))
    return State(
        np.zeros((room, room), np.int64),
        *lists,  # type: ignore[misc]
        order_batch=np.full(instance.n_orders, NONE),
        piece=np.full(len(instance.article), NONE),
        where=np.full(len(instance.article), NONE),
        used=np.zeros(len(instance.row), np.bool_),
        n_orders=np.zeros(n_batches, np.int64),
        total=np.zeros(3, np.int64),
    )


def plan_of(state: State) -> Selection:
    """The plan of a state, without empty batches and picklists."""
    found = []
    for batch in range(len(state.n_orders)):
        orders = tuple(np.flatnonzero(state.order_batch == batch).tolist())
        lists = [k for k in range(int(state.total[2])) if state.size[k] and state.batch[k] == batch]
        walks = tuple(tuple(state.walk[k, : state.size[k]].tolist()) for k in lists)
        if orders:
            found.append(SelectedBatch(orders, walks))
    return tuple(found)
