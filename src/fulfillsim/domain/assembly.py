"""Kits: SKUs that are put together from others, and the benches at which that is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.work import Station
from fulfillsim.sampling.distributions import Distribution

Lines = list[tuple[int, int]]
"""(SKU, units)."""


@dataclass(frozen=True)
class Kit:
    """A SKU with components.

    Parameters
    ----------
    sku
        Its index.
    components
        (SKU, units) that one kit holds; they may be kits themselves.
    time
        Seconds of work for one kit.
    bench
        Index into `Assembly.benches`.
    setup_s
        For each order or work order, beside the kits themselves.
    to_stock
        Whether it is made by work orders and kept on the shelf; else for the order that asks for it.
    lead_s
        From a work order to the shelf as planned, with all components there.
    lot
        Most kits of one work order.
    """

    sku: int
    components: tuple[tuple[int, int], ...]
    time: Distribution
    bench: int = 0
    setup_s: float = 0.0
    to_stock: bool = False
    lead_s: float = 86_400.0
    lot: int = 20


@dataclass(frozen=True)
class Bench:
    """Where kits are put together.

    Parameters
    ----------
    positions
        Orders and work orders that have room at once; ``None`` for as many as come.
    """

    station: Station
    positions: int | None = None


@dataclass(frozen=True)
class Assembly:
    """Bills of material and benches.

    Parameters
    ----------
    kits
        Each after the kits that it holds.
    benches
        In the sequence in which an order passes those that it needs.
    """

    kits: tuple[Kit, ...]
    benches: tuple[Bench, ...]

    @cached_property
    def stations(self) -> frozenset[str]:
        """Names of all benches."""
        return frozenset(bench.station.name for bench in self.benches)

    @cached_property
    def by_sku(self) -> dict[int, Kit]:
        """Kits by their SKU."""
        return {kit.sku: kit for kit in self.kits}

    @cached_property
    def to_order(self) -> frozenset[int]:
        """SKUs that are put together for the order that asks for them, and never lie on the shelf."""
        return frozenset(kit.sku for kit in self.kits if not kit.to_stock)

    @cached_property
    def to_stock(self) -> frozenset[int]:
        """SKUs that work orders bring to the shelf."""
        return frozenset(kit.sku for kit in self.kits if kit.to_stock)

    @cached_property
    def needs(self) -> dict[int, Lines]:
        """What one kit takes from the shelf: kits in it that are made to order are looked through."""
        found: dict[int, Lines] = {}
        for kit in self.kits:
            found[kit.sku] = _summed(
                (sku, units * n)
                for part, n in kit.components
                for sku, units in (found[part] if part in self.to_order else [(part, 1)])
            )
        return found

    @cached_property
    def made_with(self) -> dict[int, Lines]:
        """Kits that are put together for one kit: those in it that are made to order, and itself as the last."""
        found: dict[int, Lines] = {}
        for kit in self.kits:
            below = (
                (sku, units * n) for part, n in kit.components if part in self.to_order for sku, units in found[part]
            )
            found[kit.sku] = [*_summed(below), (kit.sku, 1)]
        return found

    def from_shelf(self, lines: Lines) -> Lines:
        """What order lines take from the shelf; the same list where none of them is a kit made to order."""
        if not any(sku in self.to_order for sku, _ in lines):
            return lines
        return _summed(
            (part, n * units)
            for sku, units in lines
            for part, n in (self.needs[sku] if sku in self.to_order else [(sku, 1)])
        )

    def on_shelf(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Units by SKU with the components instead of kits made to order, shape (n_skus,)."""
        found = units.copy()
        for sku in self.to_order:
            found[sku] = 0
            for part, n in self.needs[sku]:
                found[part] += n * units[sku]
        return found

    def dependent(self, daily_units: NDArray[np.float64]) -> NDArray[np.float64]:
        """Expected units per day with those that kits take, shape (n_skus,); kits made to order keep their own."""
        total = daily_units.copy()
        for kit in reversed(self.kits):
            for part, units in kit.components:
                total[part] += units * total[kit.sku]
        return total


def shelf_lines(assembly: Assembly | None) -> Callable[[Lines], Lines]:
    """What order lines take from the shelf: the lines themselves where no kit is made to order."""
    return assembly.from_shelf if assembly is not None and assembly.to_order else lambda lines: lines


def _summed(lines: Iterable[tuple[int, int]]) -> Lines:
    """Each SKU once, in the sequence in which they first come."""
    total: dict[int, int] = {}
    for sku, units in lines:
        total[sku] = total.get(sku, 0) + units
    return list(total.items())
