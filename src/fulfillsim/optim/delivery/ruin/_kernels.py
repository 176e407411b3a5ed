"""Slack induction by string removals, compiled.

Christiaens, Vanden Berghe (2020), Slack induction by string removals for vehicle routing problems, Transp. Sci. 54(2),
algorithm 2: strings of neighboring routes are removed. We differ in two things: the middle of a string that stays is
long rather than short, and the longest string is drawn anew in each step.
"""

from __future__ import annotations

from fulfillsim.optim.compiled import inlined_kernel, lean_kernel
from fulfillsim.optim.delivery._kernels import below, refresh, take_away, uniform
from fulfillsim.optim.delivery.ruin.scratch import Scratch
from fulfillsim.optim.delivery.tables import (
    COMMITTED,
    LENGTH,
    State,
    Tables,
)

SPLIT_PROB = 0.5
DEEPEN_PROB = 0.99
# On long routes the longest strings leave no room for a second one, without which nothing is exchanged.
MEAN_REMOVED, LONG_STRING, SHORT_STRING, SHORT_PROB = 10.0, 25.0, 10.0, 0.5


@inlined_kernel
def touch(T: Tables, X: Scratch, r: int) -> None:
    """Note that a slot, and with it the other trips of its vehicle, changes in this step."""
    for q in range(T.chain[r, 0], T.chain[r, 1]):
        if not X.is_touched[q]:
            X.is_touched[q] = True
            X.touched[X.tally[1]] = q
            X.tally[1] += 1


@inlined_kernel
def take_out(S: State, X: Scratch, r: int, p: int) -> None:
    """Remove the stop at a position; it waits for its return."""
    X.waiting[X.tally[0]] = take_away(S, r, p)
    X.tally[0] += 1


@lean_kernel
def remove_string(T: Tables, S: State, X: Scratch, r: int, c: int, size: int) -> None:
    """Remove ``size`` stops of a slot in a row around stop c, or a longer row with some in the middle kept."""
    n, first_free = S.tally[r, LENGTH], T.slot[r, COMMITTED] + 1
    free = n - first_free + 1
    at = first_free
    while S.seq[r, at] != c:
        at += 1
    kept = 0
    if size > 1 and size < free and uniform(X.random) < SPLIT_PROB:
        kept = 1
        while size + kept < free and uniform(X.random) < DEEPEN_PROB:
            kept += 1
    whole = size + kept
    low, high = max(first_free, at - whole + 1), min(at, n - whole + 1)
    start = low + below(X.random, high - low + 1)
    keep_from = size if kept == 0 else 1 + below(X.random, size)
    for _ in range(keep_from):
        take_out(S, X, r, start)
    for _ in range(size - keep_from):
        take_out(S, X, r, start + kept)


@lean_kernel
def remove_strings(T: Tables, S: State, X: Scratch, mean_removed: float) -> None:
    """Remove strings from routes near a random stop: in some steps few long ones, in others more and shorter ones.

    The slots that are touched must be refreshed.
    """
    n_served, n_used = 0, 0
    for r in range(len(S.tally)):
        if S.tally[r, LENGTH] > 0:
            n_used += 1
            n_served += S.tally[r, LENGTH]
    if n_used == 0:
        return
    top = min(SHORT_STRING if uniform(X.random) < SHORT_PROB else LONG_STRING, n_served / n_used)
    n_strings = int(uniform(X.random) * (4.0 * mean_removed / (1.0 + top) - 1.0) + 1.0)
    near, n_cut = T.near[below(X.random, len(T.near))], 0
    for c in near:
        r = S.slot_of[c]
        if r < 0 or X.is_cut[r] or X.is_committed[c]:
            continue
        free = S.tally[r, LENGTH] - T.slot[r, COMMITTED]
        size = int(uniform(X.random) * min(top, free) + 1.0)
        remove_string(T, S, X, r, c, min(size, free))
        touch(T, X, r)
        X.is_cut[r] = True
        n_cut += 1
        if n_cut >= n_strings:
            break
    for t in range(X.tally[1]):
        X.is_cut[X.touched[t]] = False


@lean_kernel
def ruin(T: Tables, S: State, X: Scratch) -> None:
    """Remove strings and refresh what they were removed from."""
    remove_strings(T, S, X, MEAN_REMOVED)
    for t in range(X.tally[1]):
        r = X.touched[t]
        if r == T.chain[r, 0]:
            refresh(T, S, r)
