"""A replayed history: from the words of a scenario to the room ``io``, and back as orders on the run's clock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.demand import History
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.names import client_names, n_classes, service_names, zone_names
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
    history = to_history(
        orders,
        timeline.days,
        catalog.names if catalog is not None else (),
        channels=sorted(settings.demand.channels),
        zones=zone_names(settings),
        services=service_names(settings),
        clients=client_names(settings),
        channel=plan.channel,
        n_priorities=n_classes(settings),
        shift_days=shift,
        hours=plan.hours,
    )
    if faults := _goods_of_others(settings, plan.file, history, catalog):
        raise ScenarioError(faults)
    return history


def _goods_of_others(settings: Settings, file: str, history: History, catalog: Catalog | None) -> list[Fault]:
    """Fault the lines that ask for goods of a client whose order it is not."""
    import numpy as np

    if catalog is None or not len(catalog.client):
        return []
    names = client_names(settings)
    by_channel = [plan.client or names[0] for _, plan in sorted(settings.demand.channels.items())]
    client = np.array([names.index(name) for name in by_channel])[history.channel]
    client = client if history.client is None else history.client
    by_line = np.repeat(client, np.diff(history.line_start))
    wrong = np.flatnonzero(catalog.client[history.sku] != by_line)
    if not len(wrong):
        return []
    line = int(wrong[0])
    order = history.order_id[int(np.searchsorted(history.line_start, line, side="right")) - 1]
    sku, owner = catalog.names[history.sku[line]], names[int(catalog.client[history.sku[line]])]
    rule = f"{len(wrong)} lines ask for goods of another client"
    value = f"order {order} of {names[int(by_line[line])]} asks for {sku}, which is {owner}'s"
    return [Fault(file, None, None, "client", rule, value, "give the SKU to its client in the catalog's table")]
