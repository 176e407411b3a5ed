"""Ranking and selection: the best of several alternatives with a stated guarantee, as pure state machines.

`PROCEDURES` lists what there is, what each one guarantees and whether it may run on common random numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fulfillsim.stats.selection.budget import OCBA, ocba_fractions
from fulfillsim.stats.selection.constrained import BestFeasible
from fulfillsim.stats.selection.feasibility import ChanceConstraint, Feasibility, MeanConstraint
from fulfillsim.stats.selection.good_selection import GSP
from fulfillsim.stats.selection.procedure import Procedure, Selection
from fulfillsim.stats.selection.sequential import KN, KNpp
from fulfillsim.stats.selection.two_stage import NSGS, DudewiczDalal, Rinott


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the table of procedures.

    Attributes
    ----------
    make
        The class; takes names, ``delta`` (OCBA: ``budget``), ``level``, ``n_first``, ``crn``, ``is_larger_better``.
    allows_crn
        Whether common random numbers are allowed; where not, ``crn=True`` is refused.
    guarantee
        What is claimed.
    serves
        When to take it.
    """

    make: Callable[..., Any]
    allows_crn: bool
    guarantee: str
    serves: str


_CORRECT = "correct selection if the best is ahead by delta"
_GOOD = "selection within delta of the best"

PROCEDURES: dict[str, Choice] = {
    "kn": Choice(KN, True, _CORRECT, "up to a hundred alternatives, common random numbers"),
    "kn++": Choice(KNpp, True, f"{_CORRECT}, for many replications", "the fewest replications"),
    "rinott": Choice(Rinott, False, _GOOD, "two stages, each at once on many workers"),
    "dudewicz-dalal": Choice(DudewiczDalal, False, _CORRECT, "two stages, a few replications fewer"),
    "nsgs": Choice(NSGS, False, _GOOD, "two stages, many poor alternatives"),
    "gsp": Choice(GSP, False, _GOOD, "hundreds of alternatives on many workers"),
    "ocba": Choice(OCBA, False, "none", "a fixed budget"),
}

__all__ = [
    "GSP",
    "KN",
    "NSGS",
    "OCBA",
    "PROCEDURES",
    "BestFeasible",
    "ChanceConstraint",
    "Choice",
    "DudewiczDalal",
    "Feasibility",
    "KNpp",
    "MeanConstraint",
    "Procedure",
    "Rinott",
    "Selection",
    "ocba_fractions",
]
