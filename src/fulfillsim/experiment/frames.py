"""Tables of one replication as pandas frames: those of the trace, and orders with their journeys."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from fulfillsim.domain.world import World
    from fulfillsim.sim import Trace


def frames_of(world: World, trace: Trace) -> dict[str, pd.DataFrame]:
    """All tables by name: ``orders``, ``lines`` and those of `fulfillsim.domain.records.TABLES`.

    Times are seconds since clock zero (first midnight of the warm-up), NaN for what did not happen.
    """
    from fulfillsim.io.frames import trace_frames

    tables = trace_frames(world, trace)
    tables["orders"] = _with_journeys(tables["orders"], world, trace)
    return tables


def _with_journeys(orders: pd.DataFrame, world: World, trace: Trace) -> pd.DataFrame:
    """Orders with what became of them; see `fulfillsim.kpi.Journeys` for the columns."""
    import pandas as pd

    from fulfillsim.kpi import Status, find_journeys
    from fulfillsim.kpi.journeys import PLACES

    journeys = find_journeys(world, trace)
    new = {f.name: getattr(journeys, f.name) for f in fields(journeys) if f.name not in orders.columns}
    carriers = [carrier.name for carrier in world.delivery.carriers] if world.delivery is not None else []
    for name, words in (("status", [s.name.lower() for s in Status]), ("place", PLACES), ("carrier", carriers)):
        new[name] = pd.Categorical.from_codes(new[name].astype("int64"), pd.Index(words, dtype="str"))
    return orders.assign(**new)
