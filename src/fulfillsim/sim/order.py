"""An order on its way: a light object that is also the event of the completion of its present work."""

from __future__ import annotations

from math import inf

from fulfillsim.sim.engine import Item


class Mark:
    """Facts about an order that decide branches, as bits; all but one known at its birth.

    Plain numbers: testing a bit of an ``enum.IntFlag`` takes forty times as long.
    """

    GIFT = 1
    INSTRUCTION = 2
    ERROR = 4
    """It was taken down wrongly, and no check notices."""
    WRONG_ADDRESS = 8
    """What is wrong is the address (else an item)."""
    CLERK = 16
    """A person has to look at it."""
    DUPLICATE = 32
    REFUSED = 64
    """A special instruction cannot be met."""
    HAZMAT = 128
    HOLD = 256
    KIT = 1024
    """It holds a kit that is made for it."""
    MISPICK = 512
    """Wrong goods were taken from the shelf, and nobody has noticed (the one mark that changes on the way)."""


class Order(Item):
    """One order, or the part of a split one that travels by itself (same ``row``).

    Attributes
    ----------
    placed_s, channel, zone, marks
        From the tape.
    service
        What it is promised by: its client and requested service, as `Processing.promises` numbers them.
    work
        Seconds by book column; made anew when the order is sent back.
    lines
        (sku, units) still to be shipped with this object.
    promise_s, due_departure_s, due_staged_s
        First promise, the departure it rests on, and that departure's close-out; infinite without promises.
    n_missing
        Lines that wait for goods.
    n_parts
        Picking zones that still work on it.
    n_attempts
        Times it has been sent back for rework.
    n_parcel
        Index of its parcel: 0, or 1 for the rest of a split order.
    """

    __slots__ = (
        "channel",
        "due_departure_s",
        "due_staged_s",
        "lines",
        "marks",
        "n_attempts",
        "n_missing",
        "n_parcel",
        "n_parts",
        "placed_s",
        "promise_s",
        "service",
        "zone",
    )

    n_missing: int
    n_parts: int

    def __init__(
        self,
        row: int,
        placed_s: float,
        channel: int,
        zone: int,
        service: int,
        rank: float,
        marks: int,
        work: list[float],
        lines: list[tuple[int, int]],
    ) -> None:
        self.row = row
        self.placed_s = placed_s
        self.channel = channel
        self.zone = zone
        self.service = service
        self.rank = rank
        self.marks = marks
        self.work = work
        self.lines = lines
        self.promise_s = inf
        self.due_departure_s = inf
        self.due_staged_s = inf
        self.n_attempts = 0
        self.n_parcel = 0

    def rest(self, lines: list[tuple[int, int]], work: list[float]) -> Order:
        """The part of this order that follows later, in a parcel of its own; ``work`` is what its lines ask for."""
        part = Order(self.row, self.placed_s, self.channel, self.zone, self.service, self.rank, self.marks, work, lines)
        part.promise_s = self.promise_s
        part.due_departure_s, part.due_staged_s = self.due_departure_s, self.due_staged_s
        part.n_parcel = self.n_parcel + 1
        return part


class Part(Order):
    """What one zone picks of an order."""

    __slots__ = ("whole",)

    whole: Order

    @classmethod
    def of(cls, whole: Order, lines: list[tuple[int, int]], work: list[float]) -> Part:
        """The lines of one zone and the work that they ask for, with everything else as in the whole order."""
        part = cls(
            whole.row,
            whole.placed_s,
            whole.channel,
            whole.zone,
            whole.service,
            whole.rank,
            whole.marks,
            work,
            lines,
        )
        part.n_attempts, part.whole = whole.n_attempts, whole
        return part
