"""Nearest neighbor, 2-opt and Or-opt on a matrix of distances, as plain functions; compiled in `_kernels`.

An order is a permutation of stops whose first and last stay where they are. Distances may differ by direction.
"""

from __future__ import annotations

from fulfillsim.optim.pick_routing._one_block import Column

LEAST_M = 1e-9
"""What an improvement must save at least, so that rounding cannot make the search go round in circles."""
LONGEST = 3
"""Stops that Or-opt moves together."""


def nearest_neighbor(metres: Column, order: Column) -> None:
    """Go on to the nearest stop that is left, lowest index among equals; the last stop is the last."""
    n = len(order)
    for i in range(n):
        order[i] = i
    for i in range(1, n - 1):
        nearest = i
        for j in range(i + 1, n - 1):
            if metres[order[i - 1], order[j]] < metres[order[i - 1], order[nearest]]:
                nearest = j
        stop = order[nearest]
        for j in range(nearest, i, -1):  # the others keep their turn
            order[j] = order[j - 1]
        order[i] = stop


def two_opt(metres: Column, order: Column) -> bool:
    """One round of turning pieces of the order round where that is shorter; whether any was."""
    n, better = len(order), False
    for i in range(n - 3):
        forth = back = 0.0
        for j in range(i + 2, n - 1):
            forth += metres[order[j - 1], order[j]]
            back += metres[order[j], order[j - 1]]
            now = metres[order[i], order[i + 1]] + forth + metres[order[j], order[j + 1]]
            then = metres[order[i], order[j]] + back + metres[order[i + 1], order[j + 1]]
            if then < now - LEAST_M:
                a, b = i + 1, j
                while a < b:
                    order[a], order[b] = order[b], order[a]
                    a, b = a + 1, b - 1
                forth, back, better = back, forth, True
    return better


def or_opt(metres: Column, order: Column) -> bool:
    """One round of moving up to three stops elsewhere, as they are or turned round; whether any was moved."""
    n, better = len(order), False
    for size in range(1, LONGEST + 1):
        for a in range(1, n - size):
            b = a + size - 1  # the piece is order[a] to order[b]
            forth = back = 0.0
            for i in range(a, b):
                forth += metres[order[i], order[i + 1]]
                back += metres[order[i + 1], order[i]]
            before, after, head, tail = order[a - 1], order[b + 1], order[a], order[b]
            saved = metres[before, head] + forth + metres[tail, after] - metres[before, after]
            best, place, turned = -LEAST_M, -1, False
            for i in range(n - 1):
                if i < a - 1 or i > b:
                    there = metres[order[i], order[i + 1]]
                    same = metres[order[i], head] + forth + metres[tail, order[i + 1]] - there - saved
                    other = metres[order[i], tail] + back + metres[head, order[i + 1]] - there - saved
                    if min(same, other) < best:
                        best, place, turned = min(same, other), i, other < same
            if place < 0:
                continue
            better = True
            first = a
            while place < first - 1:  # move left, one stop over the piece at a time
                stop = order[first - 1]
                for i in range(first - 1, first + size - 1):
                    order[i] = order[i + 1]
                order[first + size - 1] = stop
                first -= 1
            while place > first + size - 1:
                stop = order[first + size]
                for i in range(first + size, first, -1):
                    order[i] = order[i - 1]
                order[first] = stop
                first += 1
            last = first + size - 1
            while turned and first < last:
                order[first], order[last] = order[last], order[first]
                first, last = first + 1, last - 1
    return better
