"""What a carrier charges for a parcel: bands of weight by zone, dimensional weight, minimum, dated surcharges.

A tariff is checked once: bands that leave a gap or overlap are refused, all of them at once. Prices are pure functions
of it. Moments are seconds since clock zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from math import ceil, inf, prod
from typing import Literal, NamedTuple

from fulfillsim.errors import InputError

ROUNDING = 1e-9
"""Kilograms by which floats may pass a band's bound."""

Unit = Literal["share", "parcel", "kg"]
CM_PER_M = 100.0
LITERS_PER_CM3 = 1e-3


def measured_l(sides_m: Sequence[float]) -> float:
    """Litres as carriers measure a parcel: each side rounded up to whole centimetres.

    >>> measured_l((0.301, 0.2, 0.1))
    6.2
    """
    return prod(ceil(side * CM_PER_M - ROUNDING) for side in sides_m) * LITERS_PER_CM3


@dataclass(frozen=True, slots=True)
class Rate:
    """One row of a rate card: what weights above ``above_kg`` and up to ``up_to_kg`` into a zone cost.

    Parameters
    ----------
    flat, per_kg
        Price of the parcel, and of each billed kilogram.
    minimum
        The least that they all together come to.
    extra_per_kg
        For each started kilogram above ``above_kg``.
    from_s, until_s
        The row counts from the first moment on and ends before the second.
    """

    zone: str
    above_kg: float
    up_to_kg: float
    flat: float = 0.0
    per_kg: float = 0.0
    minimum: float = 0.0
    from_s: float = 0.0
    until_s: float = inf
    extra_per_kg: float = 0.0

    def price(self, billed_kg: float) -> float:
        """Without surcharges."""
        started_kg = ceil(billed_kg - self.above_kg - ROUNDING) if self.extra_per_kg else 0
        return max(self.minimum, self.flat + self.per_kg * billed_kg + self.extra_per_kg * started_kg)


def weight_breaks(prices: Mapping[str, Mapping[float, float]], extra_per_kg: float = 0.0) -> tuple[Rate, ...]:
    """Rates of a card that says a price up to each weight.

    Parameters
    ----------
    prices
        Zone to {upper weight: price}.
    extra_per_kg
        For each started kilogram above the last weight, at whose price a heavier parcel begins.

    Examples
    --------
    >>> [rate.price(kg) for rate, kg in zip(weight_breaks({"near": {1.0: 4.0, 5.0: 6.0}}, 0.5), (0.5, 3.0, 6.2))]
    [4.0, 6.0, 7.0]
    """
    rates = []
    for zone, row in prices.items():
        bounds = sorted(row)
        rates += [Rate(zone, low, high, row[high]) for low, high in zip([0.0, *bounds], bounds, strict=False)]
        rates.append(Rate(zone, bounds[-1], inf, row[bounds[-1]], extra_per_kg=extra_per_kg))
    return tuple(rates)


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What is added at certain times or doors.

    Parameters
    ----------
    name
        ``fuel``, ``peak``, ``residential`` ...
    amount, unit
        A ``share`` of the rate, money per ``parcel`` or per billed ``kg``.
    residential_only
        Whether business addresses are free of it.
    from_s, until_s
        When it is in force: from the first moment, before the second.
    """

    name: str
    amount: float
    unit: Unit = "parcel"
    residential_only: bool = False
    from_s: float = 0.0
    until_s: float = inf

    def price(self, rate: float, billed_kg: float) -> float:
        """What it comes to."""
        return self.amount * {"share": rate, "parcel": 1.0, "kg": billed_kg}[self.unit]


class TariffFlaw(NamedTuple):
    """What is wrong with a row; ``row`` counts rates, then surcharges, from 0."""

    row: int
    rule: str
    value: str
    hint: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.rule} (got {self.value}) - {self.hint}"


class TariffError(InputError):
    """Rows that make no tariff; ``flaws`` names them all."""

    def __init__(self, flaws: Iterable[TariffFlaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__(self.flaws)

    def __str__(self) -> str:
        return "\n".join(map(str, self.flaws))


class Charge(NamedTuple):
    """A price and what it is made of."""

    billed_kg: float
    rate: float
    surcharges: tuple[tuple[str, float], ...]

    @property
    def total(self) -> float:
        """All of it."""
        return self.rate + sum(price for _, price in self.surcharges)


@dataclass(frozen=True)
class Tariff:
    """A carrier service's prices.

    Parameters
    ----------
    rates
        Rows in any order; per zone they must cover weights from 0 on, and moments, without gap or overlap.
    surcharges
        Each in force at its own times; several may be in force together.
    kg_per_l
        Dimensional weight of a liter; 0 where only the scale counts. 0.2 is the usual 5000 cubic cm per kg.
    step_kg
        Billed weights are rounded up to multiples of it; 0 for no rounding.
    minimum
        The least that a parcel costs, surcharges apart.
    per_consignment
        Whether parcels of an order that leave together are rated as one, by their weights and volumes together.

    Raises
    ------
    TariffError
        With all flaws at once.
    """

    rates: tuple[Rate, ...]
    surcharges: tuple[Surcharge, ...] = ()
    kg_per_l: float = 0.0
    step_kg: float = 0.0
    minimum: float = 0.0
    per_consignment: bool = False

    def __post_init__(self) -> None:
        """Refuse gaps, overlaps and negative figures."""
        if flaws := (*_figure_flaws(self), *_cover_flaws(self.rates)):
            raise TariffError(flaws)

    @cached_property
    def by_zone(self) -> dict[str, tuple[Rate, ...]]:
        """Rates of each zone by rising date and weight."""
        ordered = sorted(self.rates, key=lambda r: (r.zone, r.from_s, r.above_kg))
        return {zone: tuple(rows) for zone, rows in groupby(ordered, key=lambda r: r.zone)}

    def billed_kg(self, weight_kg: float, volume_l: float = 0.0) -> float:
        """The greater of weight and dimensional weight, rounded up."""
        heavier = max(weight_kg, self.kg_per_l * volume_l)
        return ceil(heavier / self.step_kg - ROUNDING) * self.step_kg if self.step_kg else heavier

    def charge(
        self, zone: str, weight_kg: float, volume_l: float = 0.0, at_s: float = 0.0, residential: bool = False
    ) -> Charge | None:
        """What a parcel costs that is handed over at a moment; None where the tariff does not carry it."""
        billed = self.billed_kg(weight_kg, volume_l)
        for row in self.by_zone.get(zone, ()):
            if row.from_s <= at_s < row.until_s and billed <= row.up_to_kg + ROUNDING:
                rate = max(self.minimum, row.price(billed))
                due = [s for s in self.surcharges if s.from_s <= at_s < s.until_s]
                due = [s for s in due if residential or not s.residential_only]
                return Charge(billed, rate, tuple((s.name, s.price(rate, billed)) for s in due))
        return None


def _figure_flaws(tariff: Tariff) -> Iterator[TariffFlaw]:
    if not tariff.rates:
        yield TariffFlaw(0, "a tariff needs a rate", "none", "add a row")
    if not min(tariff.kg_per_l, tariff.step_kg, tariff.minimum) >= 0:
        figures = f"{tariff.kg_per_l} {tariff.step_kg} {tariff.minimum}"
        yield TariffFlaw(0, "kg_per_l, step_kg and minimum must be >= 0", figures, "correct the sign")
    for number, rate in enumerate(tariff.rates):
        if not min(rate.flat, rate.per_kg, rate.minimum, rate.above_kg) >= 0:
            yield TariffFlaw(number, "weights and prices must be >= 0", str(rate), "correct the sign")
        if not rate.above_kg < rate.up_to_kg:
            yield TariffFlaw(number, "a band must end above its begin", f"{rate.above_kg}-{rate.up_to_kg}", "swap them")
        if not rate.from_s < rate.until_s:
            yield TariffFlaw(number, "a rate must end after it begins", f"{rate.from_s}-{rate.until_s}", "swap them")
    for number, extra in enumerate(tariff.surcharges, len(tariff.rates)):
        if not (extra.amount >= 0 and extra.from_s < extra.until_s):
            yield TariffFlaw(number, "a surcharge must be >= 0 and end after it begins", str(extra), "correct it")


def _cover_flaws(rates: tuple[Rate, ...]) -> Iterator[TariffFlaw]:
    """Gaps and overlaps of weight inside each period, and of periods, zone by zone."""
    numbered = sorted(enumerate(rates), key=lambda pair: (pair[1].zone, pair[1].from_s, pair[1].above_kg))
    for zone, rows in groupby(numbered, key=lambda pair: pair[1].zone):
        periods: list[tuple[int, Rate]] = []
        for _, group in groupby(list(rows), key=lambda pair: (pair[1].from_s, pair[1].until_s)):
            bands = list(group)
            periods.append(bands[0])
            yield from _band_flaws(zone, bands)
        for (_, old), (number, new) in pairwise(periods):
            if new.from_s != old.until_s:
                what = "overlap" if new.from_s < old.until_s else "leave a gap"
                bounds = f"{old.from_s:g}-{old.until_s:g}, then {new.from_s:g}-{new.until_s:g}"
                yield TariffFlaw(number, f"periods of zone {zone} must not {what}", bounds, "let one end as one begins")


def _band_flaws(zone: str, bands: list[tuple[int, Rate]]) -> Iterator[TariffFlaw]:
    if bands[0][1].above_kg > ROUNDING:
        number, first = bands[0]
        yield TariffFlaw(
            number, f"weights of zone {zone} must begin at 0", f"{first.above_kg:g} kg", "add a first band"
        )
    for (_, low), (number, high) in pairwise(bands):
        if abs(high.above_kg - low.up_to_kg) > ROUNDING:
            what = "overlap" if high.above_kg < low.up_to_kg else "leave a gap"
            bounds = f"{low.above_kg:g}-{low.up_to_kg:g} kg, then {high.above_kg:g}-{high.up_to_kg:g} kg"
            yield TariffFlaw(number, f"bands of zone {zone} must not {what}", bounds, "let one end where one begins")
