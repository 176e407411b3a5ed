"""A sheet with the forecast of each day: orders by date and channel, and if wanted lines and units."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fulfillsim.errors import Fault, nearest
from fulfillsim.scenario.cells import not_negative, number, plain_cell, text
from fulfillsim.scenario.dates import day
from fulfillsim.scenario.nodes import Node, Path, Setting, find
from fulfillsim.scenario.tables import Table
from fulfillsim.scenario.units import UnitError

COLUMNS = ("date", "channel", "orders", "lines", "units")


def forecast_settings(table: Table, named: Node, section: Path, faults: list[Fault]) -> list[Setting]:
    """Days of the channels' ``forecast``, and the mean day of a channel that has no other source.

    A sheet without a column ``channel`` is about the only one there is.
    """
    faults += table.unknown(COLUMNS)
    channels = _channels(named)
    only = channels[0] if len(channels) == 1 else None
    dates = table.column("date", date_text, faults)
    names = table.column("channel", one_of("channel", channels), faults, only)
    orders = table.column("orders", not_negative(number), faults)
    means = {
        name: table.column(name, _mean, faults, float("nan")) for name in ("lines", "units") if name in table.columns
    }
    if faults:
        return []
    faults += repeated(table, "date", list(zip(dates, names, strict=True)))
    at: Path = (*section[:-1], "channels")
    settings = [
        Setting((*at, names[row], "forecast", dates[row], name), value, table.place(row))
        for row in range(len(table))
        for name, value in [("orders", orders[row]), *((name, column[row]) for name, column in means.items())]
        if value == value  # noqa: PLR0124 (empty cells)
    ]
    for name in dict.fromkeys(names):
        if not any(find(named, (*at, name, source)) for source in ("orders_per_day", "profile", "rate", "headway")):
            rows = [row for row, other in enumerate(names) if other == name]
            mean = sum(orders[row] for row in rows) / len(rows)
            settings.append(Setting((*at, name, "orders_per_day"), mean, table.place(rows[0])))
    return settings


def _channels(named: Node) -> list[str]:
    channels = find(named, ("demand", "channels"))
    return [str(name) for name in channels.value] if channels is not None and isinstance(channels.value, dict) else []


def _mean(cell: object) -> float:
    value = number(cell)
    if value < 1:
        raise UnitError("must be at least 1")
    return value


def date_text(cell: object) -> str:
    """A date of a sheet as a scenario writes it."""
    return day(plain_cell(cell)).isoformat()


def one_of(kind: str, known: list[str]) -> Callable[[object], str]:
    """Parser of a name that the scenario must have."""

    def parse(cell: object) -> str:
        name = text(cell)
        if name not in known:
            near = nearest(name, known)
            there_are = f"there are {', '.join(known)}" if known else "the scenario has none"
            raise UnitError(f"is no {kind} of the scenario", f"did you mean {near}?" if near else there_are)
        return name

    return parse


def repeated(table: Table, column: str, keys: Sequence[tuple[str, ...] | None]) -> list[Fault]:
    """Faults for rows that say the same thing again; rows at fault have no key."""
    first: dict[tuple[str, ...], int] = {}
    return [
        table.fault(row, column, f"is written twice for {' '.join(key[1:])}, first in row {table.rows[first[key]]}")
        for row, key in enumerate(keys)
        if key is not None and first.setdefault(key, row) != row
    ]
