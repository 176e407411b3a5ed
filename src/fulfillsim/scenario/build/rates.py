"""Rate cards as tariffs: inline, or from a table whose flaws are told by file and row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby, pairwise
from math import inf
from pathlib import Path
from typing import NamedTuple

from fulfillsim.domain.tariff import Rate, Surcharge, Tariff, TariffError, TariffFlaw, weight_breaks
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.cells import not_negative, number, text
from fulfillsim.scenario.dates import day
from fulfillsim.scenario.names import ALL
from fulfillsim.scenario.rate_formats import FORMATS, RateFormat
from fulfillsim.scenario.schema import rates as says
from fulfillsim.scenario.tables import Table, read_table
from fulfillsim.scenario.units import UnitError

CM3_PER_L = 1000.0
NO_DAY = date.min
Midnight = Callable[[date], float]


class Row(NamedTuple):
    """A rate, and the row of the table that says it."""

    rate: Rate
    row: int


def build_tariff(
    plan: says.RateTable,
    zones: tuple[str, ...],
    served: tuple[str, ...] | None,
    midnight: Midnight,
    folder: Path,
) -> Tariff:
    """Tariff of a rate card.

    Parameters
    ----------
    zones, served
        All zones, and those that need a price; None if none does, and the card may know further zones.
    midnight
        Second at which a day begins.

    Raises
    ------
    ScenarioError
        With every flaw of its table.
    """
    terms = partial(
        Tariff,
        surcharges=tuple(_surcharge(midnight, name, extra) for name, extra in sorted(plan.surcharges.items())),
        kg_per_l=CM3_PER_L / plan.divisor if plan.divisor else 0.0,
        step_kg=plan.step,
        minimum=plan.minimum.amount,
        per_consignment=plan.per == "consignment",
    )
    if plan.file is None:
        prices = {zone: {kg: money.amount for kg, money in row.items()} for zone, row in plan.zones.items()}
        rates = _for_all(weight_breaks(prices, plan.extra_per_kg.amount), zones)
        return terms(_up_to(rates, plan.heaviest))
    table = read_table(plan.file, folder)
    rows = _rows(plan, table, zones if served is not None else None, midnight)
    try:
        tariff = terms(tuple(row.rate for row in rows))
    except TariffError as error:
        raise ScenarioError([_fault(table, rows, flaw) for flaw in error.flaws]) from None
    done = replace(tariff, rates=_up_to(_for_all(_open_ended(plan, tariff.rates, table), zones), plan.heaviest))
    if missing := [zone for zone in served or () if zone not in done.by_zone]:
        rule = f"has no price for {', '.join(missing)}"
        raise ScenarioError([Fault(table.name, table.head, None, "rates", rule, None, "add rows, or a zone `all`")])
    return done


def _surcharge(midnight: Midnight, name: str, plan: says.Surcharge) -> Surcharge:
    share, parcel, kg = plan.share, plan.per_parcel, plan.per_kg
    unit = "share" if share is not None else "parcel" if parcel is not None else "kg"
    amount = share if share is not None else (parcel or kg).amount  # type: ignore[union-attr]
    dates = _in_force(midnight, plan.since, plan.until)
    return Surcharge(name, amount, unit, plan.residential, *dates)  # type: ignore[arg-type]


def _in_force(midnight: Midnight, since: date | None, until: date | None) -> tuple[float, float]:
    """From the begin of the first day to the end of the last one; the calendar's very last day has none."""
    from_s = -inf if since is None else midnight(since)
    return from_s, inf if until is None or until == date.max else midnight(until + timedelta(days=1))


def _for_all(rates: tuple[Rate, ...], zones: tuple[str, ...]) -> tuple[Rate, ...]:
    """The rates of ``all`` for every zone without its own."""
    own = {rate.zone for rate in rates if rate.zone != ALL}
    spread = [replace(rate, zone=zone) for rate in rates if rate.zone == ALL for zone in zones if zone not in own]
    return (*(rate for rate in rates if rate.zone != ALL), *spread)


def _up_to(rates: tuple[Rate, ...], heaviest: float | None) -> tuple[Rate, ...]:
    """Without what is too heavy."""
    most = inf if heaviest is None else heaviest
    return tuple(replace(rate, up_to_kg=min(rate.up_to_kg, most)) for rate in rates if rate.above_kg < most)


def _open_ended(plan: says.RateTable, rates: tuple[Rate, ...], table: Table) -> tuple[Rate, ...]:
    """With a band above the last weight of each zone and period, where the table does not say where bands begin."""
    if _column(plan, "above_kg") in table.columns:
        return rates
    last: dict[tuple[str, float], Rate] = {}
    for rate in sorted(rates, key=lambda rate: rate.up_to_kg):
        last[rate.zone, rate.from_s] = rate
    extra = plan.extra_per_kg.amount
    return (*rates, *(replace(r, above_kg=r.up_to_kg, up_to_kg=inf, extra_per_kg=extra) for r in last.values()))


def _column(plan: says.RateTable, meaning: str) -> str:
    """What the table calls a column."""
    return plan.columns.get(meaning) or FORMATS[plan.format].columns.get(meaning) or meaning


def _rows(plan: says.RateTable, table: Table, zones: tuple[str, ...] | None, midnight: Midnight) -> list[Row]:
    """Rates of the rows that count."""
    known: RateFormat = FORMATS[plan.format]
    named = {meaning: _column(plan, meaning) for meaning in says.COLUMNS}
    faults: list[Fault] = [] if plan.columns or plan.where or known.columns else table.unknown(says.COLUMNS)
    numbers = _chosen(plan, table, faults)
    part = Table(
        table.name,
        {name: [cells[row] for row in numbers] for name, cells in table.columns.items()},
        [table.rows[row] for row in numbers],
        table.head,
    )
    figures = {
        "above_kg": part.column(named["above_kg"], not_negative(number), faults, -1.0),
        "up_to_kg": part.column(named["up_to_kg"], not_negative(number), faults),
        "flat": part.column(named["price"], not_negative(number), faults, _default(part, named)),
        "per_kg": part.column(named["per_kg"], not_negative(number), faults, 0.0),
        "minimum": part.column(named["minimum"], not_negative(number), faults, 0.0),
    }
    names = part.column(named["zone"], _zone(plan, zones), faults)
    since = part.column(named["from"], _day, faults, NO_DAY)
    until = part.column(named["until"], _day, faults, NO_DAY)
    if faults:
        raise ScenarioError(faults)
    periods = (
        _in_force(midnight, *(None if day_ == NO_DAY else day_ for day_ in said))
        for said in zip(since, until, strict=True)
    )
    rates = [
        Rate(
            zone=names[at],
            from_s=period[0],
            until_s=period[1],
            **{key: column[at] for key, column in figures.items()},
        )
        for at, period in enumerate(periods)
    ]
    return _joined([Row(rate, numbers[at]) for at, rate in enumerate(rates)], plan.close_gaps or known.close_gaps_kg)


def _default(table: Table, named: dict[str, str]) -> float | None:
    """Whether a price may be missing: where there is a price per kilogram or a minimum."""
    return 0.0 if named["per_kg"] in table.columns or named["minimum"] in table.columns else None


def _chosen(plan: says.RateTable, table: Table, faults: list[Fault]) -> list[int]:
    """Rows that have what ``where`` asks for."""
    kept = list(range(len(table)))
    for name, wanted in plan.where.items():
        cells = table.columns.get(name)
        if cells is None:
            faults.append(table.missing(name))
            continue
        kept = [row for row in kept if text(cells[row]) == text(wanted)]
        if not kept and not faults:
            faults.append(table.fault(0, name, "leaves no row", wanted, "there is no such value beside the others"))
    return kept


def _zone(plan: says.RateTable, zones: tuple[str, ...] | None) -> Callable[[object], str]:
    def parse(cell: object) -> str:
        name = plan.places.get(text(cell), text(cell))
        if zones is not None and name not in (*zones, ALL):
            raise UnitError("is no zone", f"there are {', '.join(zones)}, {ALL}")
        return name

    return parse


def _day(cell: object) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else day(cell)


def _joined(rows: list[Row], gap_kg: float) -> list[Row]:
    """Bands that begin where the last one ends: those that do not say so, and those that begin a little above it."""
    done: list[Row] = []
    ordered = sorted(rows, key=lambda row: (row.rate.zone, row.rate.from_s, row.rate.up_to_kg, row.rate.above_kg))
    for _, group in groupby(ordered, key=lambda row: (row.rate.zone, row.rate.from_s)):
        bands = list(group)
        starts = [0.0, *(row.rate.up_to_kg for row, _ in pairwise(bands))]
        for row, start in zip(bands, starts, strict=True):
            above = row.rate.above_kg
            joins = above < 0 or start < above <= start + gap_kg
            done.append(Row(replace(row.rate, above_kg=start), row.row) if joins else row)
    return done


def _fault(table: Table, rows: list[Row], flaw: TariffFlaw) -> Fault:
    row = rows[flaw.row].row if flaw.row < len(rows) else 0
    return Fault(table.name, table.rows[row], None, "rates", flaw.rule, flaw.value, flaw.hint)
