"""States of one aisle's cross-aisle mouths in a partial tour, and how each action changes them.

A partial tour covers all aisles up to one. What matters of it for the rest is, per mouth of that aisle, whether the
number of its edges is zero, odd or even, and which mouths hang together. A state is a tuple with one
(degree, component) per mouth, front first; components are numbered by first appearance, so that equal states are equal
tuples. All states and transitions follow by closure from the empty state; nothing is typed by hand.

References
----------
Ratliff and Rosenthal (1983), Order-picking in a rectangular warehouse, Operations Research 31(3): two cross-aisles.
Roodbergen and de Koster (2001), Routing order pickers in a warehouse with a middle aisle, EJOR 133(1): three.
Cambazard and Catusse (2018), Fixed-parameter algorithms for rectilinear Steiner tree and rectilinear traveling salesman
problem in the plane, EJOR 270(2): any number.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

ZERO, ODD, EVEN = range(3)
State = tuple[tuple[int, int], ...]
IDENTITY, WEIGHT, DONE, N_FIXED = range(4)
"""First rows of a table: the state itself; edges to the next aisle; 1 where a tour is complete."""
N_ACTIONS = 5
"""Single pass, from the back, from the front, both ends, double pass."""


def drop_row(n_cross: int, cross: int) -> int:
    """Row of leaving a mouth behind; all rows of actions come before, those of turning at a mouth after."""
    return N_FIXED + N_ACTIONS * (n_cross - 1) + cross


@lru_cache(maxsize=16)
def states_of(n_cross: int, is_open: bool) -> tuple[list[State], NDArray[np.int32]]:
    """All states, and the next state per row and state.

    Parameters
    ----------
    n_cross
        Cross-aisles, at least 2.
    is_open
        Whether tours end elsewhere than where they start.

    Returns
    -------
    list
        States by number; 0 is the empty one.
    NDArray
        Shape (n_rows, n_states), -1 where there is no next state; the rows of `WEIGHT` and `DONE` hold numbers.
    """
    rows = _rows(n_cross, is_open)
    number: dict[State, int] = {((ZERO, -1),) * n_cross: 0}
    states, found = list(number), []
    for state in states:  # grows while it is walked
        column = []
        for act in rows:
            if (after := act(state)) is not None and after not in number:
                number[after] = len(states)
                states.append(after)
            column.append(-1 if after is None else number[after])
        found.append(column)
    table = np.empty((N_FIXED + len(rows), len(states)), dtype=np.int32)
    table[IDENTITY] = np.arange(len(states))
    table[WEIGHT] = [sum((0, 1, 2)[degree] for degree, _ in state) for state in states]
    table[DONE] = [_complete(state) for state in states]
    table[N_FIXED:] = np.array(found, dtype=np.int32).T
    return states, table


def _rows(n_cross: int, is_open: bool) -> list[Callable[[State], State | None]]:
    """What each row after the fixed ones does: five actions per block, leaving each mouth, start or end at each."""
    mouths = range(n_cross)
    passes = [_pass(block, action) for block in range(n_cross - 1) for action in range(1, N_ACTIONS + 1)]
    return [*passes, *(_drop(mouth) for mouth in mouths), *(_stop(mouth, is_open) for mouth in mouths)]


def _pass(block: int, action: int) -> Callable[[State], State]:
    front, back = block, block + 1

    def act(state: State) -> State:
        if action == 1:
            return _joined(_flipped(_flipped(state, front), back), front, back)
        if action in (2, 4, 5):
            state = _touched(state, back)
        if action in (3, 4, 5):
            state = _touched(state, front)
        return _joined(state, front, back) if action == 5 else state

    return act


def _drop(mouth: int) -> Callable[[State], State | None]:
    """Only even mouths, and only where others of the component go on."""

    def act(state: State) -> State | None:
        degree, component = state[mouth]
        if degree != EVEN or sum(other == component for _, other in state) == 1:
            return None
        return _named([(ZERO, -1) if at == mouth else pair for at, pair in enumerate(state)])

    return act


def _stop(mouth: int, is_open: bool) -> Callable[[State], State]:
    return lambda state: _flipped(state, mouth) if is_open else _touched(state, mouth)


def _touched(state: State, mouth: int) -> State:
    """Two more edges, or a visit, at a mouth."""
    return state if state[mouth][0] != ZERO else _changed(state, mouth, EVEN)


def _flipped(state: State, mouth: int) -> State:
    """One more edge at a mouth."""
    return _changed(state, mouth, EVEN if state[mouth][0] == ODD else ODD)


def _changed(state: State, mouth: int, degree: int) -> State:
    component = state[mouth][1] if state[mouth][0] != ZERO else len(state)
    return _named([(degree, component) if at == mouth else pair for at, pair in enumerate(state)])


def _joined(state: State, a: int, b: int) -> State:
    return _named([(d, state[a][1] if c == state[b][1] else c) for d, c in state])


def _named(state: list[tuple[int, int]]) -> State:
    """Components numbered by first appearance."""
    names: dict[int, int] = {-1: -1}
    return tuple((degree, names.setdefault(component, len(names) - 1)) for degree, component in state)


def _complete(state: State) -> bool:
    """Everything even and in one component."""
    used = [(degree, component) for degree, component in state if degree != ZERO]
    return bool(used) and all(degree == EVEN and component == 0 for degree, component in used)
