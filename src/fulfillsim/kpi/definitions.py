"""The registry of KPIs: name, unit, direction, meaning, and the formula behind it.

To add a KPI, write its formula on `Facts` (service, flow, labor, cost) and add a line here; tables, comparisons and
targets follow. What cannot be had in a scenario (a promise where nothing is delivered) is left out by ``needs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fulfillsim.errors import UnknownNameError
from fulfillsim.kpi import (
    carriers,
    contacts,
    cost,
    disruption,
    fleet,
    flow,
    kits,
    labor,
    record_accuracy,
    service,
    slots,
    supply,
    why_late,
)
from fulfillsim.kpi.facts import UNDECIDED
from fulfillsim.kpi.journeys import Status
from fulfillsim.kpi.measure import FamilyKpi, Kpi, RowKpi, RunKpi, always

if TYPE_CHECKING:
    from fulfillsim.domain.world import World


def delivers(world: World) -> bool:
    """Parcels are handed to carriers."""
    return world.delivery is not None


def promises(world: World) -> bool:
    """Customers are told a date."""
    return world.delivery is not None and world.processing is not None and bool(world.processing.promises)


def drives(world: World) -> bool:
    """Own vans bring parcels."""
    return world.delivery is not None and world.delivery.fleet is not None


def stocked(world: World) -> bool:
    """Goods can run out."""
    return world.inventory is not None


def priced(world: World) -> bool:
    """Goods can run out and have a price."""
    return world.inventory is not None and world.catalog is not None


def shared(world: World) -> bool:
    """Goods of several clients are stored."""
    return priced(world) and len(world.demand.clients) > 1


def staffed(world: World) -> bool:
    """People work here."""
    return bool(world.staff)


def absent(world: World) -> bool:
    """People may not come."""
    return any(role.absence is not None for role in world.staff)


def errs(world: World) -> bool:
    """Pickers may take wrong goods or not find them."""
    plan = world.fulfillment
    erring = plan is not None and any(picking.errors is not None for picking in plan.pickings)
    return picks(world) and (erring or slots.has_slots(world) or record_accuracy.may_differ(world))


def picks(world: World) -> bool:
    """Goods are picked on tours, by people."""
    return staffed(world) and bool(labor.picking_stations(world))


def walks(world: World) -> bool:
    """Pickers walk through a layout."""
    plan = world.fulfillment
    return plan is not None and any(picking.tour is not None for picking in plan.pickings)


def fulfills(world: World) -> bool:
    """There is work between release and the dock."""
    return staffed(world) and bool(labor.fulfillment_stations(world))


def informs(world: World) -> bool:
    """Customers are told things and ask."""
    return world.communication is not None


def disturbed(world: World) -> bool:
    """Something goes wrong."""
    return bool(world.events)


def keeps_word(world: World) -> bool:
    """Customers are told a date, and things after it."""
    return promises(world) and informs(world)


def answers(world: World) -> bool:
    """Agents take calls."""
    return bool(labor.agent_stations(world))


def _times(name: str, unit_meaning: str, since: str, until: str, needs: object = always) -> tuple[Kpi, ...]:
    check = needs if callable(needs) else always
    return tuple(
        RowKpi(
            f"{name}_p{round(100 * share)}",
            "h",
            "lower",
            f"{unit_meaning}: {share:.0%} take at most this (Kaplan-Meier; infinite if too many are still open)",
            check,
            "received",
            service.hours_within(since, until, share),
        )
        for share in (0.5, 0.9, 0.95)
    )


_ON_TIME: tuple[Kpi, ...] = (
    RowKpi("on_time_shipment", "share", "higher",
           "orders due to leave in the window whose last parcel left by the due departure fixed at acceptance",
           promises, "due", service.share_on_time("shipment")),
    RowKpi("on_time_delivery", "share", "higher",
           "orders promised for the window delivered by the date (until 23:59:59) of their FIRST promise",
           promises, "promised", service.share_on_time("delivery")),
    RowKpi("on_time_delivery_last_promise", "share", "higher",
           "the same by the date of the promise that held in the end",
           promises, "promised", service.share_on_time("delivery_last")),
    RowKpi("on_time_delivery_time_stamp", "share", "higher",
           "the same by the second of the first promise instead of its date",
           promises, "promised", service.share_on_time("delivery_stamp")),
    RowKpi("otif", "share", "higher",
           "orders promised for the window with every unit there on time, right and undamaged",
           promises, "promised", service.otif),
    RowKpi("perfect_order", "share", "higher",
           "OTIF, and no wrong address came to light (SCOR RL.1.1)",
           promises, "promised", service.perfect_order),
    RowKpi("carrier_on_time", "share", "higher",
           "parcels first attempted within the quoted working days from their actual pickup",
           delivers, "parcels", service.carrier_on_time),
    RowKpi("promised_lead_time_mean", "days", "lower", "from placing to the first promise, of orders accepted",
           promises, "accepted", service.promised_days(None)),
    RowKpi("promised_lead_time_p90", "days", "lower", "nine in ten promises are at most this far away",
           promises, "accepted", service.promised_days(0.9)),
    RowKpi("promise_accuracy", "days", "neutral",
           "delivery less promise, in days, mean of orders that came: below 0 is earlier than told",
           promises, "promised", contacts.promise_accuracy),
    RowKpi("n_undecided_shipment", "orders", "neutral", "due in the window, open, and the run ended before",
           promises, "due", service.n_judged("shipment", UNDECIDED)),
    RowKpi("n_undecided_delivery", "orders", "neutral", "promised for the window, open, and the run ended before",
           promises, "promised", service.n_judged("delivery", UNDECIDED)),
    RowKpi("n_late_delivery", "orders", "lower", "promised for the window and not delivered by that date",
           promises, "promised", service.n_late_delivery),
    RowKpi("n_late", "orders", "lower", "left after their due departure, or came after their first promise",
           promises, "late", service.count),
    FamilyKpi("late_because", "orders", "lower", "the late orders by what made them late (see docs)",
              promises, service.late_because, why_late.ALWAYS),
    RowKpi("n_due", "orders", "neutral", "due to leave in the window", promises, "due", service.count),
    RowKpi("n_withdrawn", "orders", "neutral", "due in the window, ended by the customer before: left out",
           promises, "withdrawn", service.count),
)  # fmt: skip

_IN_FULL: tuple[Kpi, ...] = (
    RowKpi("order_fill", "share", "higher", "orders whose goods were all on the shelf when asked for",
           stocked, "asked", service.filled_at_acceptance),
    RowKpi("line_fill", "share", "higher", "lines whose goods were on the shelf when asked for",
           stocked, "asked", flow.line_fill),
    RowKpi("fill_rate", "share", "higher", "units that were on the shelf when asked for (unit fill)",
           stocked, "asked", flow.fill_rate),
    RowKpi("order_fill_by_departure", "share", "higher", "orders due all of whose units had left by the departure",
           promises, "due", service.filled_by_departure),
    RowKpi("unit_fill_by_departure", "share", "higher", "units due that had left by the departure",
           promises, "due", service.units_filled_by_departure),
    RunKpi("cycle_service_level", "share", "higher", "replenishment cycles of a SKU without a backorder of it",
           stocked, flow.cycle_service_level),
    RunKpi("stock_turns", "1/year", "higher", "value picked in a year at this pace, over the mean value on the shelf",
           priced, flow.stock_turns),
    FamilyKpi("storage", "l", "neutral", "goods on the shelf, mean over time, by client", shared, flow.storage_l),
    RunKpi("stock_value", "currency", "lower", "goods on the shelf at catalog prices, mean over time",
           priced, flow.stock_value),
    RunKpi("mean_backorders", "orders", "lower", "orders waiting for goods, mean over time",
           stocked, flow.mean_backorders),
    RunKpi("backorder_days", "order days", "lower", "days that orders waited for goods, summed",
           stocked, flow.backorder_days),
)  # fmt: skip

_KITS: tuple[Kpi, ...] = (
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

_SUPPLY: tuple[Kpi, ...] = (
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

_TIME: tuple[Kpi, ...] = (
    *_times("order_cycle_time", "receipt to delivery (or to leaving, without delivery)", "received_s", "done_s"),
    RowKpi("order_cycle_time_mean", "h", "lower", "its mean; only where no order of the cohort is open or lost",
           always, "received", service.mean_hours("received_s", "done_s")),
    RowKpi("order_cycle_time_restricted_mean", "h", "lower", "its mean as far as the run tells (area under the curve)",
           always, "received", service.restricted_mean_hours("received_s", "done_s")),
    RowKpi("n_censored", "orders", "neutral", "orders received in the window whose cycle had not ended",
           always, "received", service.n_censored),
    *_times("time_to_acceptance", "receipt to acceptance", "received_s", "accepted_s", promises),
    *_times("time_to_release", "acceptance to release", "accepted_s", "released_s", promises),
    *_times("time_to_staging", "release to staging", "released_s", "staged_s", delivers),
    *_times("time_to_departure", "staging to departure", "staged_s", "shipped_s", delivers),
    *_times("time_to_delivery", "departure to delivery", "shipped_s", "delivered_s", delivers),
)  # fmt: skip

_FLOW: tuple[Kpi, ...] = (
    RowKpi("throughput", "orders/day", "higher", "orders that left, counted once, with their last parcel",
           always, "shipped", flow.per_day(None)),
    RowKpi("throughput_lines", "lines/day", "higher", "lines of the orders that left",
           always, "shipped", flow.per_day("n_lines")),
    RowKpi("throughput_units", "units/day", "higher", "units of the orders that left",
           always, "shipped", flow.per_day("n_units")),
    RunKpi("throughput_per_operating_hour", "orders/h", "higher", "orders that left per hour the house was staffed",
           staffed, labor.throughput_per_operating_hour),
    RunKpi("shipped_share_of_workable", "share", "higher", "orders that left over orders that became workable",
           always, flow.shipped_share_of_workable),
    RunKpi("backlog_change", "orders", "lower", "workable orders in the house, end of the window less start",
           always, flow.backlog_change),
    RunKpi("backlog_change_hours", "h", "lower", "the same in hours of direct work, at the window's hours per order",
           fulfills, lambda facts: flow.backlog_change(facts) * labor.hours_per_order(facts)),
    RunKpi("backlog_end", "orders", "lower", "workable orders in the house at the window's end",
           always, lambda facts: float(flow.backlog_at(facts, facts.end_s))),
    RunKpi("backlog_waiting", "orders", "lower", "held or backordered orders at the window's end",
           always, flow.waiting_backlog),
    RunKpi("wip", "orders", "lower", "orders from receipt until the truck leaves with them, mean over time",
           always, flow.wip_mean),
    RunKpi("oldest_age", "h", "lower", "since receipt, of the oldest order in the house at the window's end",
           always, flow.oldest_age_h),
    FamilyKpi("wait", "s", "lower", "mean wait in the station's queue of those served", staffed, flow.station_waits),
    FamilyKpi("queue_length", "items", "lower", "mean number waiting at the station", staffed, flow.queue_lengths),
)  # fmt: skip

_COUNTS: tuple[Kpi, ...] = (
    RowKpi("n_placed", "orders", "neutral", "placed in the window", always, "placed", service.count),
    RowKpi("n_received", "orders", "neutral", "taken into the system in the window", always, "received", service.count),
    RowKpi("n_accepted", "orders", "neutral", "promised in the window", promises, "accepted", service.count),
    RowKpi("n_shipped", "orders", "neutral", "left in the window", always, "shipped", service.count),
    RowKpi("n_delivered", "orders", "neutral", "delivered in the window", delivers, "delivered", service.count),
    RowKpi("n_parcels", "parcels", "neutral", "parcels that left in the window", delivers, "parcels", service.count),
    RowKpi("n_lost", "orders", "lower", "left in the window and never arrived", delivers, "shipped",
           service.n_with_status(Status.LOST)),
    RowKpi("n_open", "orders", "neutral", "received in the window and still in the house at the end of the run",
           always, "received", service.n_with_status(Status.OPEN)),
    FamilyKpi("n_cancelled", "orders", "lower", "cancelled in the window for this reason", always, flow.n_cancelled),
    RowKpi("n_hung_up", "orders", "lower", "customers who gave up before their order was taken", answers, "closed",
           service.n_with_status(Status.HUNG_UP)),
    RowKpi("n_blocked", "orders", "lower", "customers who found every line busy", answers, "closed",
           service.n_with_status(Status.BLOCKED)),
)  # fmt: skip

_LABOR: tuple[Kpi, ...] = (
    FamilyKpi("utilization", "share", "neutral", "busy / (rostered - breaks - absence - indirect), by role",
              staffed, labor.utilization),
    FamilyKpi("station_hours", "h", "neutral", "hours worked at the station, whoever worked there",
              staffed, labor.station_hours),
    FamilyKpi("paid_hours", "h", "lower", "rostered paid hours and overtime, by role", staffed, labor.paid_hours),
    FamilyKpi("idle_hours", "h", "lower", "rostered hours without work, by role", staffed, labor.idle_hours),
    FamilyKpi("indirect_hours", "h", "neutral", "rostered hours of work that belongs to no order, by role",
              staffed, labor.indirect_hours),
    FamilyKpi("break_hours", "h", "neutral", "paid breaks, by role", staffed, labor.break_hours),
    FamilyKpi("absence_hours", "h", "lower", "paid absence, by role", absent, labor.absence_hours),
    RunKpi("overtime_hours", "h", "lower", "work finished after the shift", staffed, labor.overtime_hours),
    RunKpi("lines_per_direct_hour", "lines/h", "higher", "lines that left per hour of direct fulfillment work",
           fulfills, labor.lines_per_direct_hour),
    RunKpi("lines_per_paid_hour", "lines/h", "higher", "lines that left per paid hour of fulfillment roles",
           fulfills, labor.lines_per_paid_hour),
    RunKpi("pick_rate", "lines/h", "higher", "lines per hour of direct picking: a result", picks, labor.pick_rate),
    RunKpi("mispicks_per_1000_lines", "lines", "lower", "orders picked wrongly, per 1,000 lines picked",
           errs, labor.mispicks_per_1000_lines),
    RunKpi("shorts_per_1000_lines", "lines", "lower", "lines not at their slot, per 1,000 lines picked",
           errs, labor.shorts_per_1000_lines),
    RunKpi("empty_slot_waits_per_1000_lines", "lines", "lower",
           "lines that waited for their slot with the goods in the building, per 1,000 lines picked",
           slots.has_slots, slots.with_stock_per_1000_lines(slots.WAITED)),
    RunKpi("empty_slot_shorts_per_1000_lines", "lines", "lower",
           "lines split off or given up with the goods in the building, per 1,000 lines picked",
           slots.has_slots, slots.with_stock_per_1000_lines(slots.SHORTED)),
    RunKpi("reserve_picks_per_1000_lines", "lines", "lower", "lines fetched from the reserve, per 1,000 lines picked",
           slots.has_slots, slots.with_stock_per_1000_lines(slots.FETCHED)),
    RunKpi("record_accuracy", "share", "higher", "SKUs whose record equals the shelf, on average over time",
           record_accuracy.may_differ, record_accuracy.accuracy),
    RunKpi("n_counts", "counts", "neutral", "cycle counts done", record_accuracy.may_differ, record_accuracy.n_counts),
    RunKpi("wrong_counts", "share", "lower", "cycle counts that found the record wrong",
           record_accuracy.may_differ, record_accuracy.wrong_counts),
    RunKpi("units_lost", "units", "lower", "units that vanished from the shelf",
           record_accuracy.may_differ, record_accuracy.units_lost),
    RunKpi("n_replenishments", "replenishments", "neutral", "trips from the reserve to a slot",
           slots.has_slots, slots.n_replenishments),
    RunKpi("walked_per_line", "m", "lower", "metres walked per line picked", walks, labor.metres_per_line),
    RunKpi("walked_saved_per_line", "m", "higher",
           "metres per line that batching and routing save against first come, first served on an s-shape",
           walks, labor.metres_saved_per_line),
    RunKpi("orders_per_tour", "orders", "neutral", "orders that a picker takes along", picks, labor.orders_per_tour),
)  # fmt: skip

_COST: tuple[Kpi, ...] = (
    FamilyKpi("cost", "currency", "lower", "part of the window's cost", always, cost.costs),
    RunKpi("total_cost", "currency", "lower", "sum of the parts of the window's cost", always, cost.total_cost),
    FamilyKpi("cost_per_shipped_order_part", "currency", "lower", "part of the cost per order that left",
              always, cost.cost_parts_per_order),
    RunKpi("cost_per_shipped_order", "currency", "lower", "total cost per order that left: the sum of its parts",
           always, cost.cost_per_order),
)  # fmt: skip

_CARRIERS: tuple[Kpi, ...] = (
    FamilyKpi("carrier_cost_part", "currency", "lower",
              "what carriers charge for the parcels that left: rate and each surcharge, which sum to cost.carrier",
              carriers.has_surcharges, carriers.cost_parts),
    FamilyKpi("cost_per_parcel_part", "currency", "lower", "the same per parcel that left",
              carriers.has_surcharges, carriers.cost_parts_per_parcel),
    FamilyKpi("cost_per_parcel", "currency", "lower", "mean price of a parcel, by carrier service",
              carriers.has_choice, carriers.cost_per_parcel),
    FamilyKpi("parcel_share", "share", "neutral", "share of the parcels that left, by carrier service",
              carriers.has_choice, carriers.parcel_shares),
    FamilyKpi("service_on_time", "share", "higher", "carrier_on_time by carrier service",
              carriers.has_choice, carriers.on_time_by_service),
    RowKpi("diverted", "share", "neutral", "parcels that went with another carrier service than the promise rests on",
           lambda world: promises(world) and carriers.has_choice(world), "parcels", carriers.diverted),
    RowKpi("billed_per_weight", "ratio", "lower", "kilograms that carriers bill over those of the scale",
           carriers.bills_otherwise, "parcels", carriers.billed_per_weight),
    RowKpi("n_damaged", "parcels", "lower", "left in the window and came damaged",
           carriers.damages, "parcels", carriers.n_damaged),
    FamilyKpi("commitment_shortfall", "parcels", "lower", "missing from what a carrier was promised for its weeks",
              carriers.commits, carriers.commitment_shortfall),
    RowKpi("carton_fill", "share", "higher", "volume of goods over that of their cartons",
           carriers.has_cartons, "parcels", carriers.carton_fill),
    FamilyKpi("carton_share", "share", "neutral", "share of the parcels that left, by carton (none: goods as they are)",
              carriers.has_cartons, carriers.carton_shares),
)  # fmt: skip

_TOLD: tuple[Kpi, ...] = (
    RowKpi("contacts_per_100_orders", "contacts", "lower", "customers asking, per 100 orders received in the window",
           informs, "received", service.per_order("contacts", 100.0)),
    RowKpi("notices_per_order", "notices", "neutral", "messages sent per order received in the window",
           informs, "received", service.per_order("notices")),
    RowKpi("promises_kept", "share", "higher",
           "orders promised for the window that came by their first promise, without news of a delay before",
           keeps_word, "promised", contacts.promises_kept),
    RowKpi("surprises", "share", "lower",
           "orders promised for the window that came late, or not at all, without a word before the promise passed",
           keeps_word, "promised", contacts.surprises),
    RowKpi("false_alarms", "share", "lower", "of the orders with news of a delay, those that came in time after all",
           keeps_word, "promised", contacts.false_alarms),
    FamilyKpi("n_contacts", "contacts", "lower",
              "contacts in the window, by reason; withdrawn: settled while they waited",
              informs, contacts.n_contacts, contacts.REASONS),
    RunKpi("calls_answered", "calls", "neutral", "customers whom an agent served", answers, labor.calls_answered),
    RunKpi("calls_abandoned", "calls", "lower", "customers who lost patience", answers, labor.calls_abandoned),
    RunKpi("calls_blocked", "calls", "lower", "ordering customers who found every line busy",
           answers, labor.calls_blocked),
    RunKpi("call_wait", "s", "lower", "mean seconds until an agent answers", answers, labor.call_wait),
)  # fmt: skip

_DISRUPTION: tuple[Kpi, ...] = (
    RunKpi("late_orders_caused", "orders", "lower", "late orders more than the same customers would have had",
           disturbed, disruption.late_orders_caused),
    RunKpi("hours_to_normal", "h", "lower", "from the end of the last event until the backlog is as without it",
           disturbed, disruption.hours_to_normal),
    RunKpi("cost_caused", "currency", "lower", "cost more than without the events", disturbed, disruption.cost_caused),
)  # fmt: skip

_FLEET: tuple[Kpi, ...] = (
    RunKpi("fleet_in_window", "share", "higher", "first attempts of own vans begun within the promised hours",
           drives, fleet.in_window),
    RunKpi("fleet_km_per_order", "km", "lower", "kilometres of own vans per parcel handed over",
           drives, fleet.km_per_order),
    RunKpi("fleet_stops_per_route", "stops", "higher", "doors of a route", drives, fleet.stops_per_route),
    RunKpi("fleet_vans_used", "vans", "lower", "own vans on the road on a day with routes", drives, fleet.vans_used),
    RunKpi("fleet_cost_per_stop", "currency", "lower", "cost of own vans per door", drives, fleet.cost_per_stop),
    RunKpi("fleet_failed_attempts", "share", "lower", "doors at which nobody opened", drives, fleet.failed_attempts),
    RunKpi("fleet_overtime_hours", "h", "lower", "own vans on the road after the shift", drives, fleet.overtime_hours),
)  # fmt: skip

KPIS: tuple[Kpi, ...] = (
    *_ON_TIME,
    *_IN_FULL,
    *_SUPPLY,
    *_KITS,
    *_TIME,
    *_FLOW,
    *_COUNTS,
    *_LABOR,
    *_COST,
    *_CARRIERS,
    *_TOLD,
    *_FLEET,
    *_DISRUPTION,
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
