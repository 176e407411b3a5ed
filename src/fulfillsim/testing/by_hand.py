"""Orders, carriers and stock put together by hand, for tests whose times are worked out on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fulfillsim.domain.clock import Days
from fulfillsim.domain.delivery import Carrier, CarrierService, Delivery, Departure
from fulfillsim.domain.demand import Channel, Content, Demand
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.processing import Processing, Promise, Verification
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.staff import Duty, Role, Shift, Skill, WorkInHand
from fulfillsim.domain.stock import Inventory, ReplenishmentRule, Shortage, Supplier
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.domain.work import Discipline, Station, Step, WorkTime
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import make
from fulfillsim.sampling.streams import Streams
from fulfillsim.sim.trace import Trace
from fulfillsim.tape import Tape
from fulfillsim.tape.order_tape import Cell
from fulfillsim.testing.warehouse import calendar
from fulfillsim.testing.worlds import DAY_S, constant_arrivals

ONE = make("deterministic", mean=1.0)
HOUR_S = 3600.0
ALL_DAY = (Duty(0.0, DAY_S),)
FLAT = Tariff(weight_breaks({"all": {10.0: 5.0}}))


def tape_of(
    placed_s: Sequence[float],
    lines: Sequence[Sequence[tuple[int, int]]] | None = None,
    priority: Sequence[int] | None = None,
    *,
    errors: Sequence[int] = (),
    seed: int = 1,
    client: Sequence[int] | None = None,
) -> Tape:
    """Orders by hand: times, lines as (sku, units) per order, priority classes, rows taken down wrongly, clients."""
    n = len(placed_s)
    lines = lines or [[] for _ in placed_s]
    flat = [line for each in lines for line in each]
    zeros, never = np.zeros(n, np.int16), np.zeros(n, np.bool_)
    wrong = np.isin(np.arange(n), list(errors))
    return Tape(
        streams=Streams(seed, 0),
        cells=(Cell("channel:web", 0, n),),
        rank=np.arange(n),
        placed_s=np.array(placed_s, float),
        channel=zeros,
        client=zeros if client is None else np.array(client, np.int16),
        zone=zeros,
        service=zeros,
        priority=zeros if priority is None else np.array(priority, np.int16),
        gift=never,
        instruction=never,
        capture_error=wrong,
        line_start=np.cumsum([0, *(len(each) for each in lines)]).astype(np.int64),
        sku=np.array([sku for sku, _ in flat], np.int32),
        quantity=np.array([units for _, units in flat], np.int32),
    )


def bench_world(
    days: Days,
    duties: tuple[Duty, ...],
    seconds: float = 60.0,
    discipline: Discipline = "fifo",
    heads: int = 1,
    at_break: WorkInHand = "finish",
    **parts: Any,
) -> World:
    """One station called ``bench`` and a crew for it; ``parts`` are further fields of the `World`."""
    channel = Channel("web", "web", constant_arrivals(days, 1.0), Content(None, ONE))
    step = Step(Station("bench", WorkTime(seconds, ONE), discipline))
    role = Role("crew", (Skill("bench"),), (Shift("day", heads, duties),), 18.0, 0.0, at_break)
    default = {"fulfillment": Fulfillment(Release(), None, (step,))}
    return World("tiny", days, Demand((channel,)), (role,), **{**default, **parts})


def evenings(days: Days, hour: float = 18.0) -> list[float]:
    """A departure in the evening of each day from Monday to Friday."""
    return [days.second(day, hour * HOUR_S) for day in range(len(days)) if days.weekday(day) < 5]


def one_carrier(
    days: Days,
    departures: Sequence[float],
    working: range = range(5),
    days_quoted: int = 1,
    capacity: int | None = None,
    hours: tuple[float, float] = (9.0, 18.0),
    **service: Any,
) -> Delivery:
    """One carrier with one service, always on the quoted day; ``service`` are further fields of it."""
    times = tuple(Departure(time_s, capacity) for time_s in departures)
    carrier = Carrier(
        "parcelco", calendar("parcelco", days, working), times, 0.0, 0.0, hours[0] * HOUR_S, hours[1] * HOUR_S
    )
    given = {"quoted_days": (days_quoted,), "day_offsets": (0,), "day_probs": (1.0,), "tariff": FLAT}
    return Delivery((carrier,), (CarrierService("ground", 0, **{**given, **service}),))


def promising(days: Days, cutoff_h: float = 14.0, **promise: Any) -> Processing:
    """Promises by a daily cutoff from Monday to Friday; ``promise`` are further fields of the `Promise`."""
    cutoffs = tuple(days.second(d, cutoff_h * HOUR_S) if days.weekday(d) < 5 else -1.0 for d in range(len(days)))
    given = {"policy": "cutoff_quote", "handling_days": 0, "carrier_services": (0,)}
    plan = Promise("standard", cutoff_s=cutoffs, **{**given, **promise})
    return Processing(Verification(), (), (plan,), calendar("warehouse", days, range(5)))


def stocked(
    on_hand: Sequence[int],
    shortage: Shortage = "backorder",
    lead_s: float = HOUR_S,
    rule: ReplenishmentRule = "rq",
    supplier: Supplier | None = None,
    **parts: Any,
) -> Inventory:
    """Stock that is ordered in tens when nothing is left; ``parts`` are further fields of the `Inventory`."""
    n = len(on_hand)
    tens, nothing = np.full(n, 10, np.int64), np.zeros(n, np.int64)
    given = {"reorder_point": nothing, "order_quantity": tens, "order_up_to": tens, "supplier": np.zeros(n, np.int16)}
    return Inventory(
        on_hand=np.array(on_hand, np.int64),
        rule=rule,
        suppliers=(supplier or Supplier("acme", make("deterministic", mean=lead_s)),),
        shortage=shortage,
        **{**given, **parts},
    )


def times_of(trace: Trace, kind: Milestone) -> dict[int, float]:
    """When each order reached a milestone (the last time)."""
    table = trace.columns("milestones")
    rows = table["kind"] == kind
    return dict(zip(table["order"][rows].astype(int).tolist(), table["time_s"][rows].tolist(), strict=True))


def rows_of(trace: Trace, table: str, *columns: str) -> list[tuple[float, ...]]:
    """Some columns of a table as tuples, in the order of writing."""
    values = trace.columns(table)
    return list(zip(*(values[column].tolist() for column in columns), strict=True))
