"""The tables of a trace: which facts a run writes down, column by column.

Times are seconds since clock zero, indices point into the `World` (channels, zones, carrier services, SKUs), an
order is its row in the tape. Everything else (milestones per order, line times within a tour, KPIs) is derived
from these after the run.
"""

from __future__ import annotations

from enum import IntEnum


class Milestone(IntEnum):
    """What can happen to an order, beside the visits to stations (table ``milestones``)."""

    RECEIVED = 0
    """Its details are in the system (after the call, the counter, the file drop)."""
    CLEARED = 1
    """Checks and holds are passed; usually the start of the promise clock."""
    ACCEPTED = 2
    """A promise is given (table ``promises`` says which)."""
    BACKORDERED = 3
    """Accepted, but it waits for goods."""
    ALLOCATED = 4
    """Goods for everything that will be shipped now are reserved."""
    RELEASED = 5
    """Workable: may be picked."""
    PICKED = 6
    """Its last part is off the shelf."""
    STAGED = 7
    """It stands at the dock (one row per parcel)."""
    HELD = 8
    """A hold begins."""
    DUPLICATE = 9
    """Cancelled: it was an accidental duplicate."""
    REFUSED = 10
    """Cancelled by the seller: hold, instruction or goods that nobody may carry."""
    OUT_OF_STOCK = 11
    """Cancelled by the seller for lack of stock: a lost sale."""
    HUNG_UP = 12
    """The customer lost patience before being served."""
    BLOCKED = 13
    """The customer found every line busy."""
    LEFT = 14
    """Done, in a scenario without delivery: it left the last stage."""
    MISPICKED = 15
    """Wrong goods were taken from the shelf for it; nobody knows yet."""


class Notice(IntEnum):
    """Messages to a customer (table ``notices``)."""

    CONFIRMATION = 0
    SHIPPED = 1
    OUT_FOR_DELIVERY = 2
    DELIVERED = 3
    ETA_CHANGE = 4
    DELAY = 5


class Scan(IntEnum):
    """Tracking scans of a parcel on its way (table ``scans``)."""

    PICKED_UP = 0
    AT_DEPOT = 1
    OUT_FOR_DELIVERY = 2
    FAILED_ATTEMPT = 3
    DELIVERED = 4
    LOST = 5


class StockMove(IntEnum):
    """Why a stock figure changed (table ``stock``)."""

    START = 0
    RESERVED = 1
    BACKORDERED = 2
    PICKED = 3
    ORDERED = 4
    ARRIVED = 5
    PUT_AWAY = 6
    RELEASED = 7
    """A reservation given up."""
    WRITTEN_OFF = 8
    """On record and reserved, but not at the slot when the picker came."""
    CANCELLED = 9
    """Ordered, and the supplier will not deliver it."""
    ADJUSTED = 10
    """The record was changed and the shelf was not, by so many units with sign: a wrong booking, or a correction."""
    LACKING = 11
    """Not there when a kit was to be put together: its order, or work order, waits for it."""
    CONSUMED = 12
    """Used up in a kit."""
    ASSEMBLED = 13
    """A kit left the bench."""


class SlotMove(IntEnum):
    """Why the units in a forward slot or in the reserve changed (table ``slot_moves``)."""

    TAKEN = 0
    """Onto a cart, from the slot (or set aside there for a line that waited)."""
    TAKEN_FROM_RESERVE = 1
    """Onto a cart, from the reserve."""
    REPLENISHED = 2
    """From the reserve to the slot."""
    LOST = 3
    """Vanished from the slot."""
    LOST_FROM_RESERVE = 4
    """Vanished from the reserve."""


class Discrepancy(IntEnum):
    """Why the units by which the shelf exceeds the record changed, with sign (table ``discrepancies``)."""

    START = 0
    """There at clock zero."""
    LOST = 1
    """Goods vanished."""
    MISBOOKED = 2
    """A pick or putaway was booked wrongly."""
    WRITTEN_OFF = 3
    """Goods that a picker did not find were taken out of the books."""
    CORRECTED = 4
    """The record was set right."""


class ShortPick(IntEnum):
    """What is done about a line that was not at its slot (table ``shorts``)."""

    REPICK = 0
    """Found elsewhere: the order waits for it."""
    PARTIAL = 1
    """Given up: the order goes on without it."""
    BACKORDER = 2
    """It follows in a parcel of its own."""
    WAIT = 3
    """The order waits until there are goods at the slot."""
    RESERVE = 4
    """Fetched from the reserve on the same tour."""


class WorkerState(IntEnum):
    """What a worker is doing, apart from the visits (table ``duty``); the row says until when."""

    ON = 0
    """Present and available: busy or idle."""
    BREAK = 1
    LEAVING = 2
    """Finishing work in hand after the break or the shift's end has come: overtime if it is the end."""
    OVERTIME = 3
    """Present and available after the end of the shift."""
    ABSENT = 4
    """Rostered and not there (unpaid breaks left out)."""
    SENT_HOME = 5
    """Sent home before the end of the shift, unpaid."""


class ContactReason(IntEnum):
    """Why a customer contacts the agents (table ``contacts``)."""

    LATE = 0
    SILENCE = 1
    WRONG_ITEM = 2


class ContactEnd(IntEnum):
    """How a contact ends (table ``contact_ends``); one without a row is on the line when the run stops."""

    ANSWERED = 0
    HUNG_UP = 1
    """The customer lost patience before being served."""
    BLOCKED = 2
    """The customer found every line busy."""
    WITHDRAWN = 3
    """The parcel, or the news, came while the customer waited."""


TABLES: dict[str, tuple[str, ...]] = {
    "visits": ("item", "station", "worker", "queued_s", "started_s", "ended_s"),
    "milestones": ("order", "kind", "time_s"),
    "promises": ("order", "made_s", "promise_s", "due_departure_s", "carrier_service", "quoted_days"),
    "tours": (
        "tour",
        "zone",
        "n_orders",
        "n_lines",
        "n_units",
        "distance_m",
        "usual_m",
        "setup_s",
        "walk_s",
        "search_s",
    ),
    "tour_orders": ("tour", "order"),
    "parcels": (
        "order",
        "carrier_service",
        "units",
        "weight_kg",
        "cost",
        "staged_s",
        "departed_s",
        "quoted_days",
        "attempted_s",
        "delivered_s",
        "lost",
        "wrong",
        "carton",
        "content_l",
        "billed_kg",
        "damaged",
    ),
    "surcharges": ("parcel", "kind", "amount"),
    "gatherings": ("order", "n_parts", "since_s", "until_s"),
    "consignments": ("order", "time_s", "n_parcels", "cost", "apart_cost"),
    "scans": ("parcel", "kind", "time_s"),
    "pickups": ("carrier", "time_s", "n_taken", "n_left", "came"),
    "routes": (
        "route",
        "van",
        "wave_s",
        "planned_start_s",
        "start_s",
        "planned_end_s",
        "end_s",
        "planned_m",
        "distance_m",
        "n_stops",
        "overtime_s",
        "cost",
    ),
    "loads": ("route", "order", "departed_s"),
    "stops": (
        "route",
        "order",
        "n_parcel",
        "n_attempt",
        "opens_s",
        "closes_s",
        "planned_s",
        "arrived_s",
        "begun_s",
        "left_s",
        "opened",
    ),
    "rests": ("route", "van", "begun_s", "ended_s", "latest_s"),
    "outsourced": ("order", "time_s", "price"),
    "notices": ("order", "kind", "time_s"),
    "contacts": ("contact", "order", "reason", "time_s"),
    "contact_ends": ("contact", "kind", "time_s"),
    "stock": ("sku", "kind", "units", "time_s"),
    "paths": ("order", "path"),
    "backorders": ("order", "sku", "units", "time_s"),
    "shorts": ("order", "sku", "kind", "units", "in_building", "time_s"),
    "slot_moves": ("sku", "kind", "units", "time_s"),
    "replenishments": ("task", "sku", "units", "asked_s", "done_s"),
    "discrepancies": ("sku", "kind", "units", "time_s"),
    "counts": ("task", "sku", "units", "asked_s", "done_s"),
    "deliveries": ("delivery", "sku", "supplier", "units", "ordered_s", "arrived_s", "put_away_s"),
    "arrivals": ("delivery", "sku", "supplier", "quoted", "units", "price", "ordered_s", "due_s", "arrived_s"),
    "work_orders": ("work_order", "sku", "units", "opened_s", "ready_s", "made_s"),
    "returns": (
        "return",
        "order",
        "n_parcel",
        "units",
        "asked_s",
        "arrived_s",
        "done_s",
        "collected",
        "restocked",
    ),
    "duty": ("worker", "state", "start_s", "end_s"),
}
"""Columns of each table; `WHOLE` says which hold whole numbers, the others are float64.

``visits.item`` is an order row, a tour, a contact or a delivery number according to the station (`StationInfo`);
``worker`` is -1 at a station that needs nobody. A visit cut short (handed over, preempted) has a row for each piece
of work; a customer who leaves the queue has ``started_s`` NaN. ``parcels`` rows are written when the truck leaves;
``attempted_s`` is the first attempt, ``delivered_s`` NaN for a lost parcel, ``carton`` -1 for goods as they are,
``pickups.came`` is 0 for a truck that was skipped. ``parcels.cost`` is what the carrier charges, ``surcharges``
(``kind``: index in `Delivery.surcharges`) being part of it.
``gatherings`` has a row for every part, or parts together, of a split order that left the place at the dock where parts
wait for each other; ``consignments`` one for each order whose parcels a carrier rated as one, with their price apart.
``tours.usual_m`` is what a tour of as many orders would walk if the queue had always been served first come, first
served, on an s-shape. ``arrivals`` has a row for every delivery that a supplier has quoted, with the units quoted and
those that came; ``units`` and ``arrived_s`` are NaN for one that is still on its way when the run ends.
``loads`` says with which route an own van took a parcel out for the first time; ``outsourced`` which parcels meant for
vans were handed to the carriers' desk, and the price and expected lateness that it asked.
``paths`` names the path of each order that has one of its own, by its index; ``backorders`` has the lines of customers
that were not free on the shelf when asked for.
``shorts.in_building`` are units of the SKU that lay elsewhere, NaN where nobody knows; ``counts.units`` those by which
a count changed the record, with sign. ``work_orders`` are kits made to stock; their visits to benches have the item
``-1 - work_order``. ``returns`` has a row for each order, or piece of one, that its customer sent off; ``arrived_s`` is
NaN on its way, ``done_s`` before somebody has looked at it. A stop at which a van fetches one has ``-1 - n_parcel`` in
place of its ``n_parcel``.
"""

WHOLE = frozenset(
    {
        *("item", "station", "worker", "order", "kind", "tour", "sku", "parcel"),
        *("contact", "delivery", "route", "van", "task", "carton", "work_order", "path", "return"),
    }
)
"""Columns that hold whole numbers (32 bits); all others are float64."""

ITEMS = ("order", "tour", "contact", "delivery", "task", "return")
