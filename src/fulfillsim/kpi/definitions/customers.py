"""KPIs of what customers are told and ask."""

from __future__ import annotations

from fulfillsim.kpi import contacts, labor, returns, service
from fulfillsim.kpi.measure import FamilyKpi, Kpi, RowKpi, RunKpi
from fulfillsim.kpi.needs import answers, informs, keeps_word

TOLD: tuple[Kpi, ...] = (
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

RETURNS: tuple[Kpi, ...] = (
    RunKpi("n_returns", "parcels", "neutral", "returns that came to the desk", returns.takes_back, returns.n_returns),
    RunKpi("return_time", "h", "lower", "from the day a customer sends goods off until they are looked at, mean",
           returns.takes_back, returns.cycle_h),
    RunKpi("returns_collected", "share", "neutral", "returns that own vans brought",
           returns.collects, returns.collected),
    RunKpi("returns_restocked", "share", "higher", "units that came back and went to the shelf",
           returns.restocks, returns.restocked),
)  # fmt: skip
