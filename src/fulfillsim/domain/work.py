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


@dataclass(frozen=True)
class Step:
    """A station that orders pass between picking and staging (quality check, gift wrap, packing, ...).

    Parameters
    ----------
    rework_to
        Name of the step (or ``"picking"``) to which an order that fails here goes back; ``None`` for no check.
    rework_prob
        Chance of failing at each visit.
    only
        Option an order must have to pass here (``"gift"``), otherwise it goes on at once; ``None`` for all.
    """

    station: Station
    rework_to: str | None = None
    rework_prob: float = 0.0
    only: str | None = None
