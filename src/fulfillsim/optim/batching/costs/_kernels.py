"""What a batch would cost with another order or without one of its own: metres, and a price on what is too much."""

from typing import Any

from fulfillsim.optim.batching._kernels import (
    NONE,
    NOTHING,
    add_order,
    count_bits,
    highest_bit,
    measure,
    recall,
    remember,
    s_shape_of,
)
from fulfillsim.optim.compiled import lean_kernel as kernel


@kernel
def length_with(s: Any, batch: Any, out: Any, into: Any) -> Any:
    """Metres of ``batch`` without the order ``out`` and with the order ``into`` (-1: none), its overload priced."""
    metres = metres_with(s, batch, out, into)
    over = overload(s, batch, out, into)
    return metres + s.state.price[0] * over if over > 0.0 else metres


@kernel
def overload(s: Any, batch: Any, out: Any, into: Any) -> Any:
    """Share of a cart by which ``batch`` without ``out`` and with ``into`` is too full."""
    over = 0.0
    for dim in range(len(s.carts.capacity)):
        load = load_with(s, batch, dim, out, into)
        if load > s.carts.capacity[dim]:
            over = max(over, load / s.carts.capacity[dim] - 1.0)
    return over


@kernel
def load_with(s: Any, batch: Any, dim: Any, out: Any, into: Any) -> Any:
    """Load in one dimension of ``batch`` without ``out`` and with ``into``."""
    load = s.state.load[batch, dim]
    if into != NONE:
        load += s.carts.load[into, dim]
    if out != NONE:
        load -= s.carts.load[out, dim]
    return load


@kernel
def metres_with(s: Any, batch: Any, out: Any, into: Any) -> Any:
    """Metres of ``batch`` without the order ``out`` and with the order ``into`` (-1: none)."""
    if s.walk.by_seen:
        return metres_by_seen(s, batch, out, into)
    key = s.state.key[batch]
    if out != NONE:
        key ^= s.walk.key[out]
    if into != NONE:
        key ^= s.walk.key[into]
    if key == NOTHING:
        return 0.0
    known = recall(s.memo, key)
    if known >= 0.0:
        return known
    s.scratch.word[:] = NOTHING
    order = s.state.head[batch]
    while order != NONE:
        if order != out:
            add_order(s.walk, s.scratch.word, order)
        order = s.state.after[order]
    if into != NONE:
        add_order(s.walk, s.scratch.word, into)
    length = measure(s.walk, s.scratch, s.scratch.word)
    remember(s.memo, key, length)
    return length


@kernel
def metres_by_seen(s: Any, batch: Any, out: Any, into: Any) -> Any:
    """`metres_with` where the aisles visited tell the length."""
    seen = NOTHING
    if into != NONE:
        seen = s.walk.seen[into]
    order = s.state.head[batch]
    while order != NONE:
        if order != out:
            seen |= s.walk.seen[order]
        order = s.state.after[order]
    if seen == NOTHING:
        return 0.0
    deep = 0.0
    if count_bits(seen) % 2:
        last = highest_bit(seen)
        if into != NONE:
            deep = s.walk.far[into, last]
        order = s.state.head[batch]
        while order != NONE:
            if order != out:
                deep = max(deep, s.walk.far[order, last])
            order = s.state.after[order]
    return s_shape_of(s.walk, seen, deep)


@kernel
def room(s: Any, batch: Any, out: Any, into: Any) -> Any:
    """Whether ``into`` may come into ``batch`` once ``out`` (-1: none) has left it."""
    for dim in range(len(s.carts.most)):  # noqa: SIM110 (numba knows no generators)
        if load_with(s, batch, dim, out, into) > s.carts.most[dim]:
            return False
    return True
