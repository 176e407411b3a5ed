"""The order book: what is known of each order at its birth, made ready for the clock.

Work contents and marks are computed for all orders at once from the tape's uniforms; the objects that flow through
the stages are made block by block as the clock reaches them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.processing import Hold, Verification
from fulfillsim.domain.snapshot import Snapshot
from fulfillsim.domain.work import WorkTime
from fulfillsim.domain.world import World
from fulfillsim.sim.order import Mark, Order
from fulfillsim.sim.trace import Trace
from fulfillsim.tape import Tape

BLOCK = 1024
MOST_DRAWS = 200
Lines = list[tuple[int, int]]


@dataclass(frozen=True)
class _Column:
    purpose: str
    time: WorkTime
    base_s: NDArray[np.float64]

    def of(self, order: Order, lines: Lines) -> float:
        """Mean seconds of these lines of an order."""
        time = self.time
        base_s = time.per_order_s + time.per_line_s * len(lines) + time.per_unit_s * sum(units for _, units in lines)
        return base_s + time.per_gift_s * (order.marks & Mark.GIFT)


class Book:
    """All orders of a replication.

    Attributes
    ----------
    terms
        What each order is promised by: index into `Processing.promises`, shape (n,).
    n_units
        Per order, shape (n,).
    world
        What the orders are for.
    hold
        Row -> (hold, its uniform) of the orders that are held.
    """

    def __init__(self, world: World, tape: Tape, trace: Trace) -> None:
        self.tape, self.trace = tape, trace
        self.n_units = tape.n_units
        self.world = world
        self.terms = tape.client * np.int16(len(world.demand.services)) + tape.service
        self.hold: dict[int, tuple[Hold, float]] = {}
        self._columns: list[_Column] = []
        self._names: dict[str, int] = {}
        self.marks = self._marks(world)

    @cached_property
    def residential(self) -> NDArray[np.bool_]:
        """Which orders go to a private door, shape (n,); drawn only where a price depends on it."""
        delivery = self.world.delivery
        extras = [extra for service in (delivery.services if delivery else ()) for extra in service.tariff.surcharges]
        if delivery is None or not any(extra.residential_only for extra in extras):
            return np.zeros(len(self.tape), dtype=np.bool_)
        return np.asarray(self.tape.uniforms("door") < delivery.residential_prob)

    def column(self, name: str, time: WorkTime) -> int:
        """Column of ``Order.work`` with the work content of a station; the same name gives the same column."""
        if name not in self._names:
            tape = self.tape
            base = np.full(len(tape), time.per_order_s)
            if time.per_line_s:
                base += time.per_line_s * tape.n_lines
            if time.per_unit_s:
                base += time.per_unit_s * self.n_units
            if time.per_gift_s:
                base += time.per_gift_s * tape.gift
            self._names[name] = len(self._columns)
            self._columns.append(_Column(f"work:{name}", time, base))
        return self._names[name]

    def mean_s(self, name: str, time: WorkTime) -> NDArray[np.float64]:
        """Expected seconds of each order at a station, shape (n,)."""
        return self._columns[self.column(name, time)].base_s

    def again(self, order: Order) -> list[float]:
        """Work contents of repeated visits, by uniforms of their own for each attempt (seconds)."""
        hashed, lines = self.tape.streams.hashed_uniform, order.lines
        drawn = ((spec, hashed(spec.purpose, order.row, order.n_attempts)) for spec in self._columns)
        return [spec.of(order, lines) * spec.time.shape.quantile_one(u) for spec, u in drawn]

    def work_of(self, order: Order, lines: Lines) -> list[float]:
        """Work contents of a part of an order, or its components: its own draws on what these lines ask for (s)."""
        if lines == order.lines:
            whole: list[float] = order.work
            return whole
        pairs = zip(self._columns, order.work, strict=True)
        return [content and content * spec.of(order, lines) / spec.of(order, order.lines) for spec, content in pairs]

    def content(self, time: WorkTime, purpose: str, *keys: int) -> float:
        """Work content of something that is not an order, by the numbers that say which it is (seconds)."""
        return time.per_order_s * time.shape.quantile_one(self.tape.streams.hashed_uniform(purpose, *keys))

    def orders(self, first: int = 0, until: int | None = None) -> Iterator[Order]:
        """The orders of rows ``first`` to ``until`` in order of arrival, made in blocks."""
        end = len(self.tape) if until is None else until
        starts = range(first, end, BLOCK)
        work = self._work
        return chain.from_iterable(self._block(slice(start, min(start + BLOCK, end)), work) for start in starts)

    @cached_property
    def _work(self) -> list[NDArray[np.float64]]:
        """Seconds of all orders by column, once all stations are there."""
        tape = self.tape
        return [spec.base_s * spec.time.shape.quantile(tape.uniforms(spec.purpose)) for spec in self._columns]

    def _block(self, rows: slice, work: list[NDArray[np.float64]]) -> Iterator[Order]:
        tape = self.tape
        starts = tape.line_start[rows.start : rows.stop + 1].tolist()
        first = starts[0]
        pairs = list(
            zip(tape.sku[first : starts[-1]].tolist(), tape.quantity[first : starts[-1]].tolist(), strict=True)
        )
        if pairs:
            lines = [pairs[a - first : b - first] for a, b in pairwise(starts)]
        else:
            lines = [pairs] * (rows.stop - rows.start)
        contents = np.stack([column[rows] for column in work], axis=1).tolist() if work else [()] * len(lines)
        return map(
            Order,
            range(rows.start, rows.stop),
            tape.placed_s[rows].tolist(),
            tape.channel[rows].tolist(),
            tape.zone[rows].tolist(),
            self.terms[rows].tolist(),
            tape.priority[rows].tolist(),
            self.marks[rows].tolist(),
            contents,
            lines,
        )

    def _marks(self, world: World) -> NDArray[np.int64]:
        tape = self.tape
        marks = tape.gift * Mark.GIFT + tape.instruction * Mark.INSTRUCTION
        if world.catalog is not None and world.catalog.hazmat.any():
            marks = marks + (tape.per_order(world.catalog.hazmat[tape.sku]) > 0) * Mark.HAZMAT
        if world.assembly is not None:
            is_kit = np.isin(tape.sku, sorted(world.assembly.to_order))
            marks = marks + (tape.per_order(is_kit) > 0) * Mark.KIT
        errors = tape.capture_error
        if errors.any():
            share = world.processing.verification.address_share if world.processing else 0.5
            marks = marks + (tape.uniforms("capture_error:kind") < share) * errors * Mark.WRONG_ADDRESS
        if world.processing is None:
            return np.asarray(marks + errors * Mark.ERROR, dtype=np.int64)
        marks = marks + self._checked(world.processing.verification, errors)
        for hold in world.processing.holds:
            marks = marks | self._held(hold) * Mark.HOLD
        if world.snapshot is not None and world.processing.holds:
            marks[: len(world.snapshot.stage)] |= self._still_held(world.snapshot, world.processing.holds) * Mark.HOLD
        return np.asarray(marks, dtype=np.int64)

    def _checked(self, check: Verification, errors: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Marks that verification will find or miss."""
        tape = self.tape

        def chance(kind: str, prob: float, among: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
            if prob <= 0.0 or (among is not None and not among.any()):
                return np.zeros(len(tape), dtype=np.bool_)
            hit = tape.uniforms(f"verification:{kind}") < prob
            return hit if among is None else hit & among

        caught = chance("catch", check.catch_prob, errors)
        clerk = chance("manual", check.manual_prob) | caught | tape.instruction
        return np.asarray(
            (errors & ~caught) * Mark.ERROR
            + clerk * Mark.CLERK
            + chance("duplicate", check.duplicate_prob) * Mark.DUPLICATE
            + chance("refused", check.instruction_refused_prob, tape.instruction) * Mark.REFUSED
        )

    def _still_held(self, snapshot: Snapshot, holds: tuple[Hold, ...]) -> NDArray[np.bool_]:
        """Open orders that stand at a hold when the run begins: at the first that strikes their channel."""
        there = np.array([stage == "hold" for stage in snapshot.stage], dtype=np.bool_)
        for row in np.flatnonzero(there).tolist():
            struck = next((h for h in holds if self.tape.channel[row] in h.channels), holds[0])
            self.hold[row] = struck, self._still(row, struck, snapshot.at_s - float(snapshot.since_s[row]))
        return there

    def _still(self, row: int, hold: Hold, elapsed_s: float) -> float:
        """Uniform of a hold that has not ended after so long: the first of a row of draws that is long enough."""
        draws = (self.tape.streams.hashed_uniform("hold:snapshot", row, index) for index in range(MOST_DRAWS))
        return next((u for u in draws if hold.duration.quantile_one(u) > elapsed_s), 1.0 - 1e-9)

    def _held(self, hold: Hold) -> NDArray[np.bool_]:
        """Whom a hold strikes; an order struck by several keeps the first."""
        tape = self.tape
        struck = (tape.uniforms(f"hold:{hold.name}") < hold.prob) & np.isin(tape.channel, hold.channels)
        lengths = tape.uniforms(f"hold:{hold.name}-length")
        for row in np.flatnonzero(struck).tolist():
            self.hold.setdefault(row, (hold, float(lengths[row])))
        return struck
