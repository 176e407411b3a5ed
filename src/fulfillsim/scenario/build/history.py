"""A replayed history: from the words of a scenario to the room ``io``, and back as orders on the run's clock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.demand import History
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.names import n_classes, service_names, zone_names
from fulfillsim.scenario.schema import demand as says
from fulfillsim.scenario.schema.root import Settings

if TYPE_CHECKING:
    from fulfillsim.io.mapping import HistoryMapping
    from fulfillsim.io.orders import OrderTable


def read_orders(plan: says.History | None, folder: Path, zone: str | None) -> OrderTable | None:
    """Orders of the history's file, None where orders are drawn; times with an offset are taken to ``zone``.

    Raises
    ------
    DataError
        All faults of the file, or of the column map.
    """
    if plan is None:
        return None
    from fulfillsim.io.history import load_history

    second = None if plan.orders_file is None else folder / plan.orders_file
    return load_history(folder / plan.file, mapping(plan), second, zone)


def mapping(plan: says.History) -> HistoryMapping:
    """The column map as the room ``io`` wants it; contradictions are its `DataError`."""
    from fulfillsim.io.mapping import DropRule, HistoryMapping

    return HistoryMapping(
        **plan.columns.model_dump(),
        one_row_per=plan.one_row_per,
        time_format=plan.time_format,
        drop=tuple(DropRule.from_words(name, plan.drop[name]) for name in sorted(plan.drop)),
        times=plan.times,
        same_sku=plan.same_sku,
        translate=plan.translate,
        delimiter=plan.delimiter,
        encoding=plan.encoding,
    )


def lines_by_sku(orders: OrderTable | None) -> dict[str, float] | None:
    """Order lines of each SKU of a history."""
    if orders is None:
        return None
    import numpy as np

    counts = np.bincount(orders.sku, minlength=len(orders.sku_names)).astype(float)
    return dict(zip(orders.sku_names, counts.tolist(), strict=True))


def replay(settings: Settings, timeline: Timeline, orders: OrderTable, catalog: Catalog | None) -> History:
    """The orders that fall into the run, by the scenario's names."""
    from fulfillsim.io.history import to_history, whole_weeks_to

    plan = settings.demand.history
    assert plan is not None
    shift = plan.shift if isinstance(plan.shift, int) else whole_weeks_to(orders, timeline.days.date(0))
    return to_history(
        orders,
        timeline.days,
        catalog.names if catalog is not None else (),
        channels=sorted(settings.demand.channels),
        zones=zone_names(settings),
        services=service_names(settings),
        channel=plan.channel,
        n_priorities=n_classes(settings),
        shift_days=shift,
        hours=plan.hours,
    )
