"""KPIs of kits and of what suppliers bring."""

from __future__ import annotations

from fulfillsim.kpi import kits, supply
from fulfillsim.kpi.measure import FamilyKpi, Kpi, RowKpi, RunKpi

SUPPLY: tuple[Kpi, ...] = (
    FamilyKpi("supplier_on_time", "share", "higher",
              "deliveries due in the window that came by the day they were quoted for, by supplier",
              supply.unreliable, supply.on_time),
    FamilyKpi("supplier_in_full", "share", "higher", "deliveries that brought all units quoted, by supplier",
              supply.unreliable, supply.in_full),
    RunKpi("supplier_units_short", "units", "lower", "quoted for the window and not there by their day",
           supply.unreliable, supply.units_short),
    RunKpi("purchase_cost", "currency", "lower", "suppliers' prices of what they delivered; in no total",
           supply.unreliable, supply.purchase_cost),
)  # fmt: skip

KITS: tuple[Kpi, ...] = (
    RunKpi("kits_per_day", "kits/day", "higher", "kits that left the bench, kits in kits included",
           kits.assembles, kits.kits_per_day),
    RowKpi("kit_orders_held_up", "share", "lower", "orders with kits made to order that waited for goods",
           kits.made_for_orders, "asked", kits.orders_held_up),
    RowKpi("kit_order_wait", "h", "lower", "orders with kits made to order waited so long for goods, mean",
           kits.made_for_orders, "asked", kits.order_wait_h),
    RunKpi("work_order_wait", "h", "lower", "work orders opened waited so long for components, mean",
           kits.made_to_stock, kits.work_order_wait_h),
    RunKpi("work_order_time", "h", "lower", "from the opening of a work order until its kits left the bench, mean",
           kits.made_to_stock, kits.work_order_h),
)  # fmt: skip
