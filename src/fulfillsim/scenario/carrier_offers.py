"""What carriers ask for stops of a delivery instance: from a table of prices, or from their rate cards."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from pathlib import Path as FilePath
from typing import NamedTuple

from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.outsourcing import Offer
from fulfillsim.scenario.cells import not_negative, number, text
from fulfillsim.scenario.rate_cards import read_rate_cards
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.text import ENDINGS
from fulfillsim.scenario.units import UnitError, share

COLUMNS = ("service", "stop", "up_to", "price", "per_unit", "on_time")


class _Row(NamedTuple):
    service: str
    stop: str
    up_to: float
    price: float
    per_unit: float
    on_time: float


def read_offers(file: FilePath, instance: DeliveryInstance) -> dict[int, list[Offer]]:
    """Offers by stop.

    Parameters
    ----------
    file
        Rate cards (.yaml, see `fulfillsim.scenario.rate_cards`), or CSV, Parquet or .xlsx: there a row is the price of
        a ``service`` for one ``stop``, or for all where that is empty, whose demand (its first dimension) is at most
        ``up_to``; ``per_unit`` of demand comes on top, ``on_time`` is the chance to keep the promise. Prices are in
        the unit in which costs of the instance are printed.
    instance
        Whose stops they are.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    if file.suffix.lower() in ENDINGS:
        return read_rate_cards(file, instance)
    table = read_table(file.name, file.parent)
    rows = _rows(table, instance)
    return {
        index: offers
        for index, stop in enumerate(instance.stops)
        if (offers := list(_offers(rows, stop.name, stop.demand[0], instance.convention.divisor)))
    }


def _rows(table: Table, instance: DeliveryInstance) -> list[_Row]:
    faults: list[Fault] = list(table.unknown(COLUMNS))
    amount = not_negative(number)
    columns = (
        table.column("service", text, faults),
        table.column("stop", text, faults, ""),
        table.column("up_to", amount, faults, inf),
        table.column("price", amount, faults),
        table.column("per_unit", amount, faults, 0.0),
        table.column("on_time", _chance, faults, 1.0),
    )
    names = {stop.name for stop in instance.stops}
    for row, name in enumerate(columns[1]):
        if name and name not in names:
            near = nearest(name, names)
            rule = f"names the stop {name}, which {instance.name} does not have"
            faults.append(table.fault(row, "stop", rule, hint=f"did you mean {near}?" if near else "empty: all stops"))
    if faults:
        raise ScenarioError(faults)
    return [_Row(*cells) for cells in zip(*columns, strict=True)]


def _chance(cell: object) -> float:
    value = share(cell) if isinstance(cell, str) and "%" in cell else number(cell)
    if not 0 <= value <= 1:
        raise UnitError("must be a chance from 0 to 1", "0.95 or 95 %")
    return value


def _offers(rows: list[_Row], stop: str, demand: float, divisor: float) -> Iterator[Offer]:
    """For each service its row that fits, a stop's own before those of all, then the closest weight class."""
    best: dict[str, _Row] = {}
    for row in rows:
        if row.stop in ("", stop) and demand <= row.up_to:
            known = best.get(row.service)
            if known is None or (not row.stop, row.up_to) < (not known.stop, known.up_to):
                best[row.service] = row
    for row in best.values():
        yield Offer(row.service, (row.price + row.per_unit * demand) * divisor, row.on_time)
