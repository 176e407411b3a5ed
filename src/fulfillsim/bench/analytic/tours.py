"""Picks spread at random over aisles: what tours through a real layout visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Floats, Mean, Run
from fulfillsim.bench.analytic.setting import (
    ONE_UNIT,
    PER_DAY,
    Setting,
    channel,
    constant,
    crew,
    measures,
    steady_days,
    world,
)
from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release, WalkedTour
from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.domain.work import Station
from fulfillsim.sampling.distributions import make_count

CELLS = 100
SPACING_M = 1000.0


def random_picks(rows: Sequence[Case]) -> Setting:
    """Orders of n lines, SKUs spread evenly over aisles, one order per return tour.

    Every pick lies 0.5 m from the front and aisles are 1 km apart, so that the metres walked tell both figures: 1 m for
    each aisle entered, 2 km for each aisle to the farthest.
    """
    p = rows[0].parameters
    aisles = int(p["aisles"])
    days = steady_days(1000.0)
    layout = RectangularLayout(aisles, 1, SPACING_M, 1.0, 0.5)
    tour = WalkedTour(layout, "return", setup_s=0.0, search_s=1.0, unit_s=0.0, speed_m_per_s=1e6)
    picking = Picking((PickZone("floor", Station("picking", None)),), Batch(), tour)
    content: dict[str, Any] = {"lines": make_count("deterministic", value=int(p["picks"])), "units": ONE_UNIT}
    model = world(
        days,
        [channel("orders", constant(days, 1000.0), **content)],
        [crew("pickers", 10, ["picking"], days)],
        catalog=_catalog(aisles),
        fulfillment=Fulfillment(Release(), picking, ()),
    )
    of = {
        "expected_aisles_visited": lambda _: Mean(lambda run: float((_metres(run) % (2.0 * SPACING_M)).mean())),
        "expected_farthest_aisle_index(1..A)": lambda _: Mean(
            lambda run: 1.0 + float((_metres(run) // (2.0 * SPACING_M)).mean())
        ),
    }
    return Setting((model,), measures(rows, of), float(PER_DAY * days.n_window))


def _catalog(aisles: int) -> Catalog:
    """So many SKUs per aisle that the same one comes twice in an order without weight: it is the same aisle anyway."""
    n = aisles * CELLS
    return Catalog(
        names=tuple(f"sku{number}" for number in range(n)),
        popularity=np.ones(n),
        weight_kg=np.ones(n),
        volume_l=np.ones(n),
        price=np.ones(n),
        hazmat=np.zeros(n, dtype=np.bool_),
        aisle=(np.arange(n) % aisles).astype(np.int32),
        position_m=np.full(n, 0.5),
        zone=np.zeros(n, dtype=np.int16),
    )


def _metres(run: Run) -> Floats:
    """Length of each tour; every tour counts, since picks do not depend on time."""
    return run.trace.columns("tours")["distance_m"]
