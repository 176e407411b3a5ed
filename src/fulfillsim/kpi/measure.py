"""What a KPI is: a name, a unit, a direction, a line of meaning and a formula on `Facts`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fulfillsim.kpi.facts import Facts

if TYPE_CHECKING:
    from fulfillsim.domain.world import World

Ints = NDArray[np.int64]
Better = Literal["higher", "lower", "neutral"]
Needs: TypeAlias = "Callable[[World], bool]"


def always(world: World) -> bool:
    """Every scenario has what the KPI needs."""
    del world
    return True


@dataclass(frozen=True)
class Kpi:
    """A key performance indicator.

    Parameters
    ----------
    name
        As targets and tables call it; a family gives ``name.member``.
    unit
        Of its value; ``"currency"`` is the scenario's.
    better
        Direction of improvement.
    meaning
        One line for people.
    needs
        Whether a scenario has what the KPI is about; without it the KPI is simply not there.
    """

    name: str
    unit: str
    better: Better
    meaning: str
    needs: Needs

    def applicable(self, world: World) -> bool:
        """Tell whether the scenario has what the KPI is about."""
        return self.needs(world)


@dataclass(frozen=True)
class RowKpi(Kpi):
    """A KPI of a cohort of orders or parcels, which can be cut by what these are.

    Parameters
    ----------
    cohort
        Name in `fulfillsim.kpi.facts.COHORTS`.
    formula
        Value from the rows of the cohort, or of a part of it; NaN where there is nothing to say.
    """

    cohort: str
    formula: Callable[[Facts, Ints], float]


@dataclass(frozen=True)
class RunKpi(Kpi):
    """A KPI of the operation as a whole in a window; it can be cut by day only."""

    formula: Callable[[Facts], float]


@dataclass(frozen=True)
class FamilyKpi(Kpi):
    """Like `RunKpi`, with a value for each station, role or reason.

    Parameters
    ----------
    members
        Names that every scenario with the KPI has, beside those of its own roles and stations.
    """

    formula: Callable[[Facts], dict[str, float]]
    members: tuple[str, ...] = ()


def ratio(part: float, whole: float) -> float:
    """Part of a whole; NaN where there is no whole."""
    return float(part) / float(whole) if whole else float("nan")
