"""Rounds a relaxation to plans: fixes batch by batch, until few columns can still make a shorter plan.

References
----------
Sadykov, Vanderbeck, Pessoa, Tahiri & Uchoa (2019), Primal heuristics for branch and price: the assets of diving
methods, INFORMS Journal on Computing 31(2). Ours draws what it fixes and ends with an exact choice of
what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.columns.listing import Found
from fulfillsim.optim.batching.master import NoOptimumError
from fulfillsim.optim.batching.relaxation import Relaxation

SURE = 0.9
"""A dive fixes all variables above, or one below."""
NOTHING = 1e-6
"""Values up to here are noise."""
GREED = 2.0
"""Power of its value by which a variable is drawn."""


@dataclass(frozen=True)
class Rest:
    """What a dive leaves to choose.

    Parameters
    ----------
    fixed
        Columns that it fixed.
    columns
        Those among which what they leave open is to be covered.
    """

    fixed: list[tuple[int, ...]]
    columns: Found


def dive(
    relaxation: Relaxation, most_m: float, few: int, deadline: float, random: np.random.Generator | None
) -> Rest | None:
    """Fix columns until at most ``few`` others can be in a plan shorter than ``most_m``; None if there is none.

    None also if time was up before. The relaxation's bound, value and duals are as before afterwards, the columns found
    stay.

    Parameters
    ----------
    relaxation
        Solved.
    most_m
        Metres that are not worth a plan.
    few
        Columns left to choose among.
    deadline
        Reading of ``time.perf_counter`` at which to end.
    random
        Draws the columns to fix, those with larger values more often; None: always the largest.
    """
    solved, fixed = relaxation.state(), list[int]()
    try:
        return _fixed(relaxation, fixed, most_m, few, deadline, random)
    except NoOptimumError:
        return None
    finally:
        relaxation.master.release(fixed)
        relaxation.go_back(solved)


def _fixed(
    relaxation: Relaxation,
    fixed: list[int],
    most_m: float,
    few: int,
    deadline: float,
    random: np.random.Generator | None,
) -> Rest | None:
    """The dive itself; writes down what it has fixed."""
    while perf_counter() < deadline:
        relaxation.suit(deadline)
        if relaxation.value_m >= most_m:
            return None
        rest = _rest(relaxation, fixed, most_m, few)
        if rest is not None:
            return rest
        chosen = _drawn(relaxation.master.values(), fixed, random)
        if not chosen:
            return Rest([relaxation.master.columns[k] for k in fixed], ([], []))
        relaxation.master.fix(chosen)
        fixed += chosen
    return None


def _rest(relaxation: Relaxation, fixed: list[int], most_m: float, few: int) -> Rest | None:
    """The columns left, if they are few."""
    columns = [relaxation.master.columns[k] for k in fixed]
    covered = sorted({order for column in columns for order in column})
    found = relaxation.left(covered, few, most_m - relaxation.value_m)
    return None if found is None else Rest(columns, found)


def _drawn(values: NDArray[np.float64], fixed: list[int], random: np.random.Generator | None) -> list[int]:
    """The next columns to fix: all that are sure, or one, drawn by the power `GREED` of the values."""
    values = np.maximum(values, 0.0)
    values[fixed] = 0.0
    sure = np.flatnonzero(values > SURE).tolist()
    if sure or values.max() <= NOTHING:
        return sure
    weight = values**GREED
    return [int(values.argmax()) if random is None else int(random.choice(len(values), p=weight / weight.sum()))]
