"""Columns of the set partitioning problem: all feasible batches as a tree, and the cheapest ones for given duals."""

from typing import Any, NamedTuple

import numpy as np

from fulfillsim.optim.batching._kernels import NONE, add_order, measure
from fulfillsim.optim.compiled import kernel, lean_kernel


class Tree(NamedTuple):
    """Feasible batches; node ``k`` is its parent's batch with one order more.

    Attributes
    ----------
    parent, last
        Parent (-1: the empty batch) and the order added, shape (n_nodes,); parents come first.
    length
        Metres of the batch.
    """

    parent: Any
    last: Any
    length: Any


class Cuts(NamedTuple):
    """Subset-row cuts by order: those of order ``o`` are ``first[o]`` to ``first[o + 1]``.

    Attributes
    ----------
    first
        Shape (n_orders + 1,).
    one, two
        The other two orders of each.
    price
        What a batch with two or three of the orders pays, below 0.
    """

    first: Any
    one: Any
    two: Any
    price: Any


class Shelf(NamedTuple):
    """The best columns found by one pricing, for each order the few best that contain it.

    Attributes
    ----------
    cost
        Reduced cost, shape (n_orders, n_kept); the worst that would be kept at ``cost[o, -1]``.
    column
        What was found, by the number its finder gave it, shape (n_orders, n_kept).
    """

    cost: Any
    column: Any


@lean_kernel
def lay_down(shelf: Any, order: Any, cost: Any, column: Any) -> Any:
    """Keep a column for an order if it is among the best."""
    place = shelf.cost.shape[1] - 1
    if cost >= shelf.cost[order, place]:
        return
    while place > 0 and shelf.cost[order, place - 1] > cost:
        shelf.cost[order, place] = shelf.cost[order, place - 1]
        shelf.column[order, place] = shelf.column[order, place - 1]
        place -= 1
    shelf.cost[order, place], shelf.column[order, place] = cost, column


@lean_kernel
def next_fit(load: Any, capacity: Any, used: Any, sequence: Any, place: Any) -> Any:
    """First place from ``place`` on whose order still fits; the length of the sequence if none."""
    while place < len(sequence):
        is_fit = True
        for dim in range(len(capacity)):
            if used[dim] + load[sequence[place], dim] > capacity[dim]:
                is_fit = False
        if is_fit:
            return place
        place += 1
    return place


@kernel
def count_sets(load: Any, capacity: Any, sequence: Any, most: Any, limit: Any) -> Any:
    """Number of feasible batches, or ``limit`` if there are at least so many."""
    n, level, found = len(sequence), 0, 0
    place = np.zeros(most + 2, np.int64)
    used = np.zeros((most + 2, len(capacity)))
    while level >= 0 and found < limit:
        here = next_fit(load, capacity, used[level], sequence, place[level])
        if here == n:
            level -= 1
            continue
        found += 1
        place[level] = here + 1
        used[level + 1] = used[level] + load[sequence[here]]
        place[level + 1] = here + 1
        level += 1
    return found


@kernel
def grow(walk: Any, scratch: Any, load: Any, capacity: Any, sequence: Any, most: Any, tree: Any) -> Any:
    """Fill the tree with all feasible batches; it has room for them."""
    n, level, found = len(sequence), 0, 0
    place = np.zeros(most + 2, np.int64)
    used = np.zeros((most + 2, len(capacity)))
    words = np.zeros((most + 2, len(scratch.word)), np.uint64)
    node = np.full(most + 2, NONE, np.int64)
    while level >= 0:
        here = next_fit(load, capacity, used[level], sequence, place[level])
        if here == n:
            level -= 1
            continue
        order = sequence[here]
        used[level + 1] = used[level] + load[order]
        words[level + 1] = words[level]
        add_order(walk, words[level + 1], order)
        tree.parent[found], tree.last[found] = node[level], order
        tree.length[found] = measure(walk, scratch, words[level + 1])
        place[level], place[level + 1], node[level + 1] = here + 1, here + 1, found
        found += 1
        level += 1


@kernel
def price_tree(tree: Any, dual: Any, cuts: Any, value: Any, shelf: Any, below: Any) -> Any:
    """Price all batches: the best below ``below`` go on the shelf; returns the least ratio of length to duals.

    ``dual`` has one entry per order and, last, that of the number of batches;
    ``value`` is room for the sum of duals of each node, shape (n_nodes,).
    """
    least = np.inf
    seen = np.full(len(dual), NONE, np.int64)
    for node in range(len(tree.length)):
        parent = tree.parent[node]
        value[node] = dual[tree.last[node]] + (value[parent] if parent != NONE else dual[-1])
        if len(cuts.price) and parent != NONE:
            value[node] += newly_cut(tree, cuts, node, seen)
        if value[node] * least > tree.length[node]:
            least = tree.length[node] / value[node]
        cost = tree.length[node] - value[node]
        if cost < below:
            member = node
            while member != NONE:
                lay_down(shelf, tree.last[member], cost, node)
                member = tree.parent[member]
    return least


@lean_kernel
def newly_cut(tree: Any, cuts: Any, node: Any, seen: Any) -> Any:
    """Price of the cuts of which a batch holds two orders by its last one; ``seen`` is room for a mark per order."""
    member = np.int64(tree.parent[node])
    while member != NONE:
        seen[tree.last[member]] = node
        member = np.int64(tree.parent[member])
    price, last = 0.0, tree.last[node]
    for k in range(cuts.first[last], cuts.first[last + 1]):
        if (seen[cuts.one[k]] == node) != (seen[cuts.two[k]] == node):
            price += cuts.price[k]
    return price


@lean_kernel
def near_optimal(tree: Any, value: Any, gap: Any, out: Any) -> Any:
    """Nodes whose reduced cost is at most ``gap``; returns how many there are, of which ``out`` takes what fits."""
    found = 0
    for node in range(len(tree.length)):
        if tree.length[node] - value[node] <= gap:
            if found < len(out):
                out[found] = node
            found += 1
    return found


@lean_kernel
def members(tree: Any, nodes: Any, start: Any, order: Any) -> Any:
    """Write the orders of each node: those of ``nodes[k]`` at ``order[start[k]:start[k + 1]]``; False if too many."""
    for k in range(len(nodes)):
        place, node = start[k], np.int64(nodes[k])
        while node != NONE:
            if place == len(order):
                return False
            order[place] = tree.last[node]
            place += 1
            node = tree.parent[node]
        start[k + 1] = place
    return True


@lean_kernel
def partition_subsets(length: Any, least: Any, choice: Any) -> Any:
    """Cheapest partition of every set of orders; sets are bit masks, ``length`` infinite for what fits on no cart.

    ``choice[s]`` is the batch with the lowest order of ``s`` in a cheapest partition of ``s``.
    """
    least[0] = 0.0
    for whole in range(1, len(length)):
        low = whole & -whole
        rest = whole ^ low
        least[whole] = np.inf
        part = rest
        while True:
            batch = part | low
            total = length[batch] + least[whole ^ batch]
            if total < least[whole]:
                least[whole], choice[whole] = total, batch
            if part == 0:
                break
            part = (part - 1) & rest


@kernel
def subset_lengths(walk: Any, scratch: Any, load: Any, capacity: Any, words: Any, used: Any, length: Any) -> Any:
    """Metres of the tour of every set of orders (bit masks), infinite for what fits on no cart."""
    length[0] = 0.0
    for order in range(len(load)):
        bit = 1 << order
        for below in range(bit):
            used[bit | below] = used[below] + load[order]
            words[bit | below] = words[below]
            add_order(walk, words[bit | below], order)
            is_fit = True
            for dim in range(len(capacity)):
                if used[bit | below, dim] > capacity[dim]:
                    is_fit = False
            length[bit | below] = measure(walk, scratch, words[bit | below]) if is_fit else np.inf
