"""What the stages of one replication share while they are built and run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fulfillsim.domain.records import Milestone
from fulfillsim.domain.work import Station as StationPlan
from fulfillsim.domain.world import World
from fulfillsim.sim.book import Book
from fulfillsim.sim.cartons import Packing, packing_of
from fulfillsim.sim.engine import Engine, Item
from fulfillsim.sim.house import House, is_asked
from fulfillsim.sim.order import Order
from fulfillsim.sim.station import CallStation, Delay, Party, PreemptiveStation, Station, Then
from fulfillsim.sim.trace import StationInfo, Trace
from fulfillsim.tape import Tape

Intake = Callable[[Order, float], None]


def telling(call: Intake, onward: Intake) -> Intake:
    """Tell somebody before an order moves on."""

    def intake(order: Order, now: float) -> None:
        call(order, now)
        onward(order, now)

    return intake


class Model:
    """One replication being built and run.

    Attributes
    ----------
    stations
        By name; people are assigned to them by name after all stages are built.
    afterwards
        Called when the clock has stopped, in the order of the stages: write down what follows from other facts, which
        is cheaper than doing so order by order.
    packing
        Knows the parcels of each order.
    n_open
        Orders of the window (placed before its end) that are neither gone nor given up: the run may stop at zero.
    n_objects
        Row of an order that travels in pieces -> pieces that something is or will be left of.
    house
        Open orders by due departure, where a rule for people asks for them.
    vans, returns
        Own vans, and the desk for what customers send back, where there are such.
    progress
        How far open orders have come, where a policy asks for it.
    backlog
        Hours of work of promised orders, where a promise policy asks for it.
    due_lanes
        Row -> carrier service of the due departure, written only for waves that name their departures.
    entries
        Place at which an order may stand -> intake there, for a run that begins with open orders.
    n_given
        Orders that are open when the run begins: the first rows of the tape.
    """

    def __init__(self, world: World, tape: Tape) -> None:
        self.world, self.tape = world, tape
        self.engine = Engine()
        self.trace = Trace(tape)
        self.book = Book(world, tape, self.trace)
        self.packing: Packing = packing_of(world, tape)
        self.stations: dict[str, Any] = {}
        self.infos: list[StationInfo] = []
        self.window_end_s = world.days.window_end_s
        self.milestones = self.trace.tables["milestones"]
        self._milestone = self.milestones.hot
        self.afterwards: list[Callable[[], None]] = []
        self.n_open = int((tape.placed_s < self.window_end_s).sum())
        self.communication: Any = None
        self.carriers: Any = None
        self.stock: Any = None
        self.desk: Any = None
        self.slots: Any = None
        self.benches: Any = None
        self.vans: Any = None
        self.returns: Any = None
        self.crowds: dict[int, Any] = {}
        self.house: House | None = House() if is_asked(world.staff) else None
        self.n_parcels = 0
        self.tour_counter: Any = None
        self.n_objects: dict[int, int] = {}
        self.due_lanes: dict[int, int] | None = None
        self.entries: dict[str, Intake] = {}
        self.n_given = 0 if world.snapshot is None else len(world.snapshot.stage)
        self.progress: Any = None
        self.backlog: Any = None

    def note(self, order: Order, kind: int, now: float) -> None:
        """Write a milestone down."""
        self.milestones.add(order.row, kind, now)

    def noting(self, kind: int, onward: Intake) -> Intake:
        """Intake that writes a milestone down and passes the order on."""
        (record, pack), number = self._milestone, int(kind)

        def intake(order: Order, now: float) -> None:
            record(pack(order.row, number, now))
            onward(order, now)

        return intake

    def same_moment(self, kind: int, other: int) -> None:
        """Write a milestone down after the run at every moment of another one."""

        def note() -> None:
            rows = self.milestones.columns()
            found = rows["kind"] == other
            orders, times_s = rows["order"][found], rows["time_s"][found]
            del rows  # no row can be added while somebody looks at the table
            self.milestones.add_block(orders, kind, times_s)

        self.afterwards.append(note)

    def close(self, order: Order, kind: int, now: float) -> None:
        """Write down that an order's journey ends here."""
        record, pack = self._milestone
        record(pack(order.row, kind, now))
        self.gone(order)

    def refuse(self, order: Order, now: float) -> None:
        """No carrier takes an order any more: its customer is told."""
        self.close(order, Milestone.REFUSED, now)
        if self.communication is not None:
            self.communication.cancelled(order, now)

    def gone(self, order: Order) -> None:
        """Count an order whose outcome is settled (once per order: its rest counts as a further one)."""
        if order.placed_s < self.window_end_s:
            self.n_open -= 1

    def in_two(self, order: Order) -> None:
        """A rest of this order travels by itself from now on."""
        self.n_objects[order.row] = self.n_objects.get(order.row, 1) + 1
        if order.placed_s < self.window_end_s:
            self.n_open += 1
        if self.progress is not None:
            self.progress.in_two(order, self.engine.now)
        if self.communication is not None:
            self.communication.travels_in_two(order)

    def in_one(self, parts: Sequence[Order], is_whole: bool) -> None:
        """Parts of an order travel together from now on; whether all of them that are left do."""
        self.n_objects[parts[0].row] -= len(parts) - 1
        for part in parts[1:]:
            self.gone(part)
        if self.progress is not None:
            self.progress.in_one(parts)
        if self.communication is not None and is_whole:
            self.communication.travels_in_one(parts[0])

    def nothing_left(self, order: Order, now: float) -> None:
        """All goods of this piece of an order turned out not to be there: the order ends if it was the last piece."""
        if self.house is not None:
            self.house.leaves(order, now)
        left = self.n_objects[order.row] = self.n_objects.get(order.row, 1) - 1
        if left:
            self.gone(order)
            return
        if self.backlog is not None:
            self.backlog.gone(order, now)
        self.close(order, Milestone.OUT_OF_STOCK, now)
        if self.communication is not None:
            self.communication.cancelled(order, now)

    def station(self, plan: StationPlan, then: Then, items: str = "order", column: int = 0) -> Any:
        """Make the station of a plan, which finds its seconds in that column of its items' work."""
        index = len(self.infos)
        self.infos.append(StationInfo(plan.name, items, plan.staffed))
        visits = self.trace.tables["visits"]
        if not plan.staffed:
            self.stations[plan.name] = Delay(self.engine, visits, plan.name, index, column, then)
            return self.stations[plan.name]
        kind = PreemptiveStation if plan.discipline == "preemptive" else Station
        self.stations[plan.name] = kind(self.engine, visits, plan.name, index, column, plan.discipline, then)
        return self.stations[plan.name]

    def call_station(self, plan: StationPlan, kind: type[Item], party: Party) -> CallStation:
        """Make the station of a plan at which customers wait themselves, or let one more kind of them join it."""
        made = self.stations.get(plan.name)
        if made is None:
            index = len(self.infos)
            self.infos.append(StationInfo(plan.name, "order", True))
            visits = self.trace.tables["visits"]
            made = CallStation(self.engine, visits, plan.name, index, 0, plan.discipline, plan.max_in_system)
            self.stations[plan.name] = made
        if kind is Order and plan.time is not None:
            made.column = self.book.column(plan.name, plan.time)
        made.parties.setdefault(kind, party)
        return made

    def worked(self, plan: StationPlan, then: Then) -> Intake:
        """Intake of a station at which orders have their work content by the book."""
        if plan.time is None:
            raise ValueError(f"station {plan.name!r} has no time: the stage that builds it must compute one")
        offer: Intake = self.station(plan, then, column=self.book.column(plan.name, plan.time)).offer
        return offer
