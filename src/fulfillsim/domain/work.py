"""What a station does and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fulfillsim.sampling.distributions import Distribution

Discipline = Literal["fifo", "priority", "preemptive", "shortest"]


@dataclass(frozen=True)
class WorkTime:
    """Seconds of work that an order needs at a station.

    ``(per_order_s + per_line_s * lines + per_unit_s * units + per_gift_s * gift) * shape``, where ``shape`` has
    mean 1 and is drawn by the order's own uniform for the purpose, so the content stays the same whoever does it.
    """

    per_order_s: float
    shape: Distribution
    per_line_s: float = 0.0
    per_unit_s: float = 0.0
    per_gift_s: float = 0.0


@dataclass(frozen=True)
class Station:
    """A place with one queue.

    Parameters
    ----------
    time
        Work content of an order here; ``None`` where a stage computes it (picking tours, putaway).
    discipline
        ``fifo``; ``priority`` (smaller class first, then first come); ``preemptive`` (likewise, and a more urgent
        arrival interrupts the least urgent work, which resumes later); ``shortest`` (least work first).
    staffed
        ``False`` for a delay that needs nobody: as many at once as come.
    max_in_system
        Places, being served included; who finds none free leaves (a busy signal). ``None`` is unlimited.
    patience
        How long a customer waits in this queue before leaving; ``None`` is for ever.
    """

    name: str
    time: WorkTime | None
    discipline: Discipline = "fifo"
    staffed: bool = True
    max_in_system: int | None = None
    patience: Distribution | None = None


Option = Literal["gift", "instruction", "hazmat", "kit"]
Range = tuple[float, float]


@dataclass(frozen=True)
class Condition:
    """What an order must be like; everything given must hold, ``None`` stands for anything.

    Parameters
    ----------
    lines, units
        Least and most, both included.
    options
        (option, whether the order must have it or must not).
    channels, clients, services, zones
        Indices, one of which the order must have.
    pick_zones
        Indices of the picking zones in which all its lines must lie.
    paths
        Indices into `Fulfillment.paths`; their number stands for the orders that no path takes.
    """

    lines: Range | None = None
    units: Range | None = None
    options: tuple[tuple[Option, bool], ...] = ()
    channels: tuple[int, ...] | None = None
    services: tuple[int, ...] | None = None
    zones: tuple[int, ...] | None = None
    pick_zones: tuple[int, ...] | None = None
    paths: tuple[int, ...] | None = None
    clients: tuple[int, ...] | None = None


GIFT = Condition(options=(("gift", True),))


@dataclass(frozen=True)
class Wall:
    """Places that orders hold while they stand at a step: the positions of a put wall.

    Parameters
    ----------
    positions
        An order that finds none free waits for one before it can be worked on.
    until
        Name of the later step that empties the position when its work begins (packing takes the order out);
        ``None``: free when the work here is done.
    """

    positions: int
    until: str | None = None


@dataclass(frozen=True)
class Step:
    """A station that orders pass between picking and staging (put wall, quality check, gift wrap, packing, ...).

    Parameters
    ----------
    rework_to
        Name of the step (or ``"picking"``) to which an order that fails here goes back; ``None`` for no check.
    rework_prob
        Chance of failing at each visit for a reason of its own.
    only
        Orders that pass here, the others go on at once; ``None`` for all.
    catch_prob
        Chance that a visit finds that the wrong goods were picked: the order fails.
    wall
        Finite positions; ``None`` for as many as come.
    """

    station: Station
    rework_to: str | None = None
    rework_prob: float = 0.0
    only: Condition | None = None
    catch_prob: float = 0.0
    wall: Wall | None = None
