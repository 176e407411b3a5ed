"""The registry of KPIs: name, unit, direction, meaning, and the formula behind it.

To add a KPI, write its formula on `Facts` (service, flow, labor, cost) and add a line to the file of its subject here;
tables, comparisons and targets follow. What cannot be had in a scenario (a promise where nothing is delivered) is left
out by ``needs`` (`fulfillsim.kpi.needs`).
"""

from __future__ import annotations

from fulfillsim.errors import UnknownNameError
from fulfillsim.kpi.definitions import customers, goods, house, money, orders, vans
from fulfillsim.kpi.measure import FamilyKpi, Kpi

KPIS: tuple[Kpi, ...] = (
    *orders.ON_TIME,
    *orders.IN_FULL,
    *goods.SUPPLY,
    *goods.KITS,
    *orders.TIME,
    *house.FLOW,
    *orders.COUNTS,
    *house.LABOR,
    *money.COST,
    *money.CARRIERS,
    *customers.TOLD,
    *customers.RETURNS,
    *vans.FLEET,
    *house.DISRUPTION,
)
"""Every KPI, in the order of tables."""
BY_NAME: dict[str, Kpi] = {kpi.name: kpi for kpi in KPIS}


def find_kpi(name: str) -> Kpi:
    """Return the definition behind a KPI's name (``utilization.pickers`` belongs to ``utilization``).

    Raises
    ------
    UnknownNameError
        If there is none; the message names the nearest.
    """
    kpi = BY_NAME.get(name) or BY_NAME.get(name.partition(".")[0])
    if kpi is None or (isinstance(kpi, FamilyKpi) != ("." in name)):
        raise UnknownNameError("KPI", name, BY_NAME)
    return kpi
