"""Figures of a run: KPIs as functions of its trace, their cuts, what must balance, and targets.

``compute`` gives the values, ``find_journeys`` one row per order, ``check_conservation`` the balance and ``judge``
the verdict on targets. A name is fetched from its module when it is first used: checking a scenario needs the names
of KPIs and none of their formulas.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_MODULE_OF = {
    "check_conservation": "conservation",
    "CUTS": "cut",
    "KpiValue": "cut",
    "compute": "cut",
    "KPIS": "definitions",
    "find_kpi": "definitions",
    "Facts": "facts",
    "Journeys": "journeys",
    "Status": "journeys",
    "find_journeys": "journeys",
    "Kpi": "measure",
    "Verdict": "targets",
    "describe": "targets",
    "judge": "targets",
    "target_values": "targets",
}


def __getattr__(name: str) -> object:
    """Fetch a name from the module that holds it (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
