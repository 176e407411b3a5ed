"""Prices of many parcels at once: a tariff laid out as arrays for the zones of a world.

What `fulfillsim.domain.tariff.Tariff.charge` says of one parcel, `Pricer.charges` says of thousands handed over at one
moment; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.tariff import ROUNDING, Tariff

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Charges(NamedTuple):
    """Prices of n parcels and what they are made of.

    Parameters
    ----------
    billed_kg
        Shape (n,).
    rate
        Without surcharges, shape (n,); infinite where the tariff does not carry the parcel.
    surcharges
        One row for each of the tariff's, shape (n_surcharges, n); 0 where it is not in force.
    """

    billed_kg: Floats
    rate: Floats
    surcharges: Floats

    @property
    def total(self) -> Floats:
        """All of it, shape (n,)."""
        return np.asarray(self.rate + self.surcharges.sum(axis=0))


class _Bands(NamedTuple):
    """Bands of all zones at one time, shape (n_zones, most bands); those that a zone lacks end at infinity."""

    up_to_kg: Floats
    above_kg: Floats
    flat: Floats
    per_kg: Floats
    minimum: Floats
    extra_per_kg: Floats
    is_there: NDArray[np.bool_]


@dataclass(frozen=True)
class Pricer:
    """A tariff's prices by index of the zone.

    Parameters
    ----------
    tariff
        Its rates name zones.
    zones
        Names of the zones by index.
    """

    tariff: Tariff
    zones: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the surcharges, each once."""
        return tuple(dict.fromkeys(extra.name for extra in self.tariff.surcharges))

    @cached_property
    def changes_s(self) -> Floats:
        """Moments at which rates begin or end, rising."""
        return np.unique([second for rate in self.tariff.rates for second in (rate.from_s, rate.until_s)])

    @cached_property
    def _known(self) -> dict[int, _Bands]:
        return {}

    def _bands(self, at_s: float) -> _Bands:
        period = int(np.searchsorted(self.changes_s, at_s, side="right"))
        if period not in self._known:
            self._known[period] = self._laid_out(at_s)
        return self._known[period]

    def _laid_out(self, at_s: float) -> _Bands:
        rows = [
            [rate for rate in self.tariff.by_zone.get(zone, ()) if rate.from_s <= at_s < rate.until_s]
            for zone in self.zones
        ]
        width = max(1, max(map(len, rows), default=0))

        def laid_out(field: str, missing: float) -> Floats:
            return np.array([[getattr(r, field) for r in bands] + [missing] * (width - len(bands)) for bands in rows])

        is_there = np.arange(width) < np.array([len(bands) for bands in rows])[:, None]
        return _Bands(
            up_to_kg=laid_out("up_to_kg", np.inf),
            above_kg=laid_out("above_kg", 0.0),
            flat=laid_out("flat", 0.0),
            per_kg=laid_out("per_kg", 0.0),
            minimum=laid_out("minimum", 0.0),
            extra_per_kg=laid_out("extra_per_kg", 0.0),
            is_there=is_there,
        )

    def billed_kg(self, weight_kg: Floats, volume_l: Floats) -> Floats:
        """The greater of weight and dimensional weight, rounded up; shape (n,)."""
        heavier = np.maximum(weight_kg, self.tariff.kg_per_l * volume_l)
        step = self.tariff.step_kg
        return np.ceil(heavier / step - ROUNDING) * step if step else heavier

    def charges(
        self,
        zone: NDArray[np.int16] | Ints,
        weight_kg: Floats,
        volume_l: Floats,
        at_s: float = 0.0,
        residential: NDArray[np.bool_] | bool = False,
    ) -> Charges:
        """What parcels cost that are handed over at a moment; all arrays of shape (n,)."""
        billed = self.billed_kg(weight_kg, volume_l)
        bands = self._bands(at_s)
        place = (billed[:, None] > bands.up_to_kg[zone] + ROUNDING).sum(axis=1)
        inside = np.minimum(place, bands.up_to_kg.shape[1] - 1)
        carried = (place == inside) & bands.is_there[zone, inside]
        flat, per_kg, minimum = (table[zone, inside] for table in (bands.flat, bands.per_kg, bands.minimum))
        started_kg = np.ceil(np.maximum(billed - bands.above_kg[zone, inside] - ROUNDING, 0.0))
        price = flat + per_kg * billed + bands.extra_per_kg[zone, inside] * started_kg
        rate = np.where(carried, np.maximum(np.maximum(price, minimum), self.tariff.minimum), np.inf)
        extras = self._surcharges(np.where(carried, rate, 0.0), billed, at_s, residential)
        return Charges(billed, rate, extras)

    def consigned(
        self,
        order: Ints,
        zone: NDArray[np.int16] | Ints,
        weight_kg: Floats,
        volume_l: Floats,
        at_s: float,
        residential: NDArray[np.bool_],
    ) -> Charges:
        """The same for parcels of orders, which a tariff may rate as one: all of it is charged with the first parcel.

        Parameters
        ----------
        order
            Order of each parcel, from 0 on and rising. What is too heavy as one is rated parcel by parcel.
        """
        apart = self.charges(zone, weight_kg, volume_l, at_s, residential)
        if not self.tariff.per_consignment:
            return apart
        first = np.flatnonzero(np.diff(order, prepend=-1))
        weights, volumes = np.add.reduceat(weight_kg, first), np.add.reduceat(volume_l, first)
        whole = self.charges(zone[first], weights, volumes, at_s, residential[first])
        joint = np.isfinite(whole.rate)
        columns = np.vstack([apart.billed_kg, apart.rate, apart.surcharges])
        columns[:, joint[order]] = 0.0
        columns[:, first[joint]] = np.vstack([whole.billed_kg, whole.rate, whole.surcharges])[:, joint]
        return Charges(columns[0], columns[1], columns[2:])

    def _surcharges(self, rate: Floats, billed: Floats, at_s: float, residential: NDArray[np.bool_] | bool) -> Floats:
        due = np.zeros((len(self.names), len(rate)))
        for extra in self.tariff.surcharges:
            if extra.from_s <= at_s < extra.until_s:
                of: Floats = {"share": rate, "parcel": np.ones(len(rate)), "kg": billed}[extra.unit]
                applies = residential if extra.residential_only else True
                due[self.names.index(extra.name)] += np.where(applies, extra.amount * of, 0.0)
        return due
