"""Figures of a run: KPIs as functions of its trace, their cuts, what must balance, and targets.

``compute`` gives the values, ``find_journeys`` one row per order, ``check_conservation`` the balance and ``judge``
the verdict on targets.
"""

from fulfillsim.kpi.conservation import check_conservation
from fulfillsim.kpi.cut import CUTS, KpiValue, compute
from fulfillsim.kpi.definitions import KPIS, find_kpi
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.journeys import Journeys, Status, find_journeys
from fulfillsim.kpi.measure import Kpi
from fulfillsim.kpi.targets import Verdict, describe, judge, target_values

__all__ = [
    "CUTS",
    "KPIS",
    "Facts",
    "Journeys",
    "Kpi",
    "KpiValue",
    "Status",
    "Verdict",
    "check_conservation",
    "compute",
    "describe",
    "find_journeys",
    "find_kpi",
    "judge",
    "target_values",
]
