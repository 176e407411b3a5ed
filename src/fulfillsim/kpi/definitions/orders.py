"""KPIs of orders: in time, in full, how long they take, how many there are."""

from __future__ import annotations

from fulfillsim.kpi import contacts, flow, service, why_late
from fulfillsim.kpi.facts import UNDECIDED
from fulfillsim.kpi.journeys import Status
from fulfillsim.kpi.measure import FamilyKpi, Kpi, RowKpi, RunKpi, always
from fulfillsim.kpi.needs import answers, delivers, priced, promises, shared, stocked


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


ON_TIME: tuple[Kpi, ...] = (
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

IN_FULL: tuple[Kpi, ...] = (
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

TIME: tuple[Kpi, ...] = (
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

COUNTS: tuple[Kpi, ...] = (
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
