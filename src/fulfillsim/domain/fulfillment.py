"""Release, picking and what follows until an order stands at the dock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fulfillsim.domain.carton import Carton
from fulfillsim.domain.layout import Layout
from fulfillsim.domain.work import Condition, Station, Step

ReleaseRule = Literal["on_arrival", "waves", "cutoff_driven"]


@dataclass(frozen=True)
class Wave:
    """Orders that are released together.

    Parameters
    ----------
    time_s
        When.
    departures
        The departures it belongs to, as (carrier, second): only orders due at these go, and those that have missed
        theirs. ``None``: all that wait.
    """

    time_s: float
    departures: frozenset[tuple[int, float]] | None = None


@dataclass(frozen=True)
class Release:
    """When orders become workable.

    Parameters
    ----------
    rule
        ``on_arrival`` (waveless), ``waves``, ``cutoff_driven`` (each order at its due departure less close-out and
        ``lead_s``, or at once if that has passed).
    waves
        In order of time.
    lead_s
        Planned 90th percentile of the time from release to staging, for the cutoff-driven rule.
    is_observed
        Whether the 90th percentile of the orders staged last takes its place, as soon as there are some.
    """

    rule: ReleaseRule = "on_arrival"
    waves: tuple[Wave, ...] = ()
    lead_s: float = 0.0
    is_observed: bool = False

    @property
    def names_departures(self) -> bool:
        """Whether a wave takes only the orders of certain departures."""
        return any(wave.departures is not None for wave in self.waves)


@dataclass(frozen=True)
class Batch:
    """How waiting orders are put together, and what one tour may carry; a limit of ``None`` is none.

    Parameters
    ----------
    policy
        Name in `fulfillsim.policies.batching.BATCHING`.
    min_orders
        A picker waits for so many.
    look_ahead
        Orders from the head of the queue that a plan of batches is made for.
    budget
        Steps of the policy's search per plan: moves tried, never seconds.
    """

    policy: str = "first_come"
    max_orders: int | None = 1
    max_lines: int | None = None
    max_units: int | None = None
    max_weight_kg: float | None = None
    max_volume_l: float | None = None
    min_orders: int = 1
    look_ahead: int = 100
    budget: int = 20_000


@dataclass(frozen=True)
class WalkedTour:
    """A tour through a layout: seconds = set-up + metres / speed + search per line + further units.

    Parameters
    ----------
    setup_s
        Per tour: list, cart, hand-in.
    search_s, unit_s
        Per line (search and grab the first unit), and per further unit.
    cv
        Coefficient of variation of an order's search-and-grab content (gamma with mean 1, by its own uniform).
    congestion
        Walking and searching take longer by this factor for each other picker per aisle in use.
    """

    layout: Layout
    routing: str
    setup_s: float
    search_s: float
    unit_s: float
    speed_m_per_s: float = 1.0
    cv: float = 0.0
    congestion: float = 0.0


@dataclass(frozen=True)
class PickZone:
    """Part of the building with its own pickers and its own queue."""

    name: str
    station: Station


@dataclass(frozen=True)
class PickErrors:
    """What goes wrong at the shelf, per order line.

    Parameters
    ----------
    mispick_prob
        Chance of taking wrong goods, for somebody who makes as many errors as is usual.
    short_prob
        Chance that the units on record are not there.
    when_short
        ``repick``: they are found elsewhere, and the order waits until they have been fetched; ``partial``: the line is
        given up and the order goes on without it; ``backorder``: it goes on, the line follows when goods have come.
    """

    mispick_prob: float = 0.0
    short_prob: float = 0.0
    when_short: Literal["repick", "partial", "backorder"] = "repick"


@dataclass(frozen=True)
class Consolidation:
    """Positions at which the parts of an order meet that several zones pick."""

    name: str
    positions: int


@dataclass(frozen=True)
class Picking:
    """How goods are taken from the shelves.

    Parameters
    ----------
    zones
        One or several. With several, an order is split over the zones that hold its lines (``"lines"``) or over all
        of them (``"all"``), and waits at consolidation for its last part.
    consolidation
        Finite positions for that wait; ``None``: as many as it takes.
    tour
        Walked tours through a layout; ``None`` where each zone's station has an all-in time.
    per
        ``"order"``: an all-in time per order, summed over the batch; ``"tour"``: one draw for the whole batch.
    """

    zones: tuple[PickZone, ...]
    batch: Batch
    tour: WalkedTour | None = None
    split: Literal["lines", "all"] = "lines"
    consolidation: Consolidation | None = None
    per: Literal["order", "tour"] = "order"
    errors: PickErrors | None = None


@dataclass(frozen=True)
class Path:
    """A way of their own for orders that meet a condition.

    Parameters
    ----------
    when
        Which orders; the first path whose condition an order meets takes it.
    release, picking
        ``None``: those of the `Fulfillment`, together with the others.
    """

    name: str
    when: Condition
    release: Release | None = None
    picking: Picking | None = None


@dataclass(frozen=True)
class Fulfillment:
    """Release, picking (may be left out) and the steps after it, in the order in which orders pass them.

    ``cartons`` to choose from (none: an order is a parcel of the volume of its goods) by a rule for what fits;
    ``paths`` have a release or picking of their own; which steps an order passes is said by `Step.only`.
    """

    release: Release
    picking: Picking | None
    steps: tuple[Step, ...]
    order_priority: Literal["first_come", "due_departure", "class"] = "first_come"
    packaging_cost: float = 0.0
    paths: tuple[Path, ...] = ()
    cartons: tuple[Carton, ...] = ()
    cartonization: Literal["quick", "fit", "exact"] = "quick"

    @property
    def releases_on_arrival(self) -> bool:
        """Whether every order may be worked on as soon as it comes."""
        own = [path.release for path in self.paths if path.release is not None]
        return all(release.rule == "on_arrival" for release in (self.release, *own))

    @property
    def observes_lead(self) -> bool:
        """Whether a release goes by how long orders took from release to staging."""
        releases = (self.release, *(path.release for path in self.paths if path.release is not None))
        return any(release.is_observed for release in releases)

    @property
    def pickings(self) -> tuple[Picking, ...]:
        """Every way in which goods are picked."""
        found = (self.picking, *(path.picking for path in self.paths))
        return tuple(picking for picking in found if picking is not None)

    @property
    def picking_stations(self) -> frozenset[str]:
        """Names of the picking zones' stations."""
        return frozenset(zone.station.name for picking in self.pickings for zone in picking.zones)

    @property
    def stations(self) -> frozenset[str]:
        """Names of all stations between release and staging."""
        return self.picking_stations | {step.station.name for step in self.steps}
