"""Benches: where kits are put together, for the order that asks for them or for the shelf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fulfillsim.domain.assembly import Assembly, Bench, Kit, Lines
from fulfillsim.domain.records import StockMove
from fulfillsim.sim.engine import Item
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.put_wall import PutWall

Made = Callable[[Any, float], None]


class BenchJob(Item):
    """Something that passes benches: seconds of work at each, in their sequence; it goes on to ``made`` afterwards."""

    __slots__ = ("jobs", "made")

    jobs: list[tuple[int, float]]
    made: Made


class OrderJob(BenchJob):
    """The kits of one order, as long as it stands at benches."""

    __slots__ = ("kits", "order", "work")

    def __init__(self, order: Order, kits: Lines) -> None:
        super().__init__(order.row, order.rank)
        self.order, self.kits = order, kits


class Benches:
    """All benches of a scenario, shared by orders and work orders."""

    def __init__(self, model: Model, assembly: Assembly) -> None:
        self.model, self.assembly = model, assembly
        self.hashed = model.tape.streams.hashed_uniform
        self.names = [bench.station.name for bench in assembly.benches]
        self.moves = model.trace.tables["stock"]
        self.keys = model.world.catalog.keys.tolist() if model.world.catalog else []
        self.doors = [self._door(bench) for bench in assembly.benches]

    def _door(self, bench: Bench) -> Intake:
        """Where jobs come in: at the station, or where they wait for a position."""
        wall: list[PutWall] = []

        def done(job: BenchJob, now: float) -> None:
            if wall:
                wall[0].take_out(job, now)
            self._next(job, now)

        station = self.model.station(bench.station, done)
        offer: Intake = station.offer
        if bench.positions is None:
            return offer
        name = bench.station.name
        wall.append(PutWall(self.model, name, bench.positions, bench.station.discipline, offer))
        take_in: Intake = wall[0].take_in
        return take_in

    def jobs_for(self, kits: Lines, kind: str, *keys: int) -> list[tuple[int, float]]:
        """Bench and seconds of work for kits and those in them; each kit's time is drawn by the keys."""
        seconds: dict[int, float] = {}
        hashed = self.hashed
        for kit, units in self.made_with(kits):
            purpose, key, quantile = f"work:{self.names[kit.bench]}{kind}", self.keys[kit.sku], kit.time.quantile_one
            work_s = sum(quantile(hashed(purpose, *keys, key, number)) for number in range(units))
            seconds[kit.bench] = seconds.get(kit.bench, 0.0) + kit.setup_s + work_s
        return sorted(seconds.items())

    def made_with(self, kits: Lines) -> Iterator[tuple[Kit, int]]:
        """Kits, and those in them that are put together at the same time."""
        by_sku, made_with = self.assembly.by_sku, self.assembly.made_with
        for sku, units in kits:
            for part, n in made_with[sku]:
                yield by_sku[part], n * units

    def go_on(self, job: BenchJob, now: float, made: Made) -> None:
        """Send a job through its benches, and then on."""
        job.made = made
        self._next(job, now)

    def _next(self, job: BenchJob, now: float) -> None:
        if not job.jobs:
            job.made(job, now)
            return
        bench, seconds = job.jobs.pop(0)
        job.work = (seconds,)
        self.doors[bench](job, now)  # type: ignore[arg-type]

    def note(self, kits: Lines, now: float) -> None:
        """Write down that kits are made, and what each of them has used up."""
        for kit, units in self.made_with(kits):
            for part, n in kit.components:
                self.moves.add(part, StockMove.CONSUMED, n * units, now)
            self.moves.add(kit.sku, StockMove.ASSEMBLED, units, now)


def benches_of(model: Model, assembly: Assembly) -> Benches:
    """The benches of a replication, made when first asked for."""
    if model.benches is None:
        model.benches = Benches(model, assembly)
    benches: Benches = model.benches
    return benches


class KitOrders:
    """Orders with kits made to order: their components are picked, and the bench comes before all other steps."""

    def __init__(self, model: Model, benches: Benches) -> None:
        self.model, self.benches, self.assembly = model, benches, benches.assembly
        self.whole: dict[Order, tuple[Lines, Any]] = {}

    def before_picking(self, pick: Intake) -> Intake:
        """Put the components on the pick list."""
        from_shelf, book = self.assembly.from_shelf, self.model.book

        def intake(order: Order, now: float) -> None:
            if order.marks & Mark.KIT:
                parts = from_shelf(order.lines)
                if parts is not order.lines:
                    self.whole[order] = order.lines, order.work
                    order.work = book.work_of(order, parts)
                    order.lines = parts
            pick(order, now)

        return intake

    def after_picking(self, onward: Intake) -> Intake:
        """Put the kits together, and go on with the order as it was placed."""
        to_order = self.assembly.to_order

        def assembled(job: OrderJob, now: float) -> None:
            order = job.order
            if not order.n_attempts:  # as with picking: what is made anew replaces what goes back
                self.benches.note(job.kits, now)
            onward(order, now)

        def intake(order: Order, now: float) -> None:
            if not order.marks & Mark.KIT:
                onward(order, now)
                return
            order.lines, order.work = self.whole.pop(order, (order.lines, order.work))
            kits = [line for line in order.lines if line[0] in to_order]
            job = OrderJob(order, kits)
            job.jobs = self.benches.jobs_for(kits, "", order.row, order.n_parcel, order.n_attempts)
            self.benches.go_on(job, now, assembled)

        return intake
