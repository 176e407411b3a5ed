"""Rectangular warehouse layouts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RectangularLayout:
    """Parallel aisles of one block between a front and a back cross-aisle.

    An aisle is a line: both its sides are reached from the middle. Cell ``c`` of an aisle lies
    ``end_m + c * cell_m`` from the front.

    Parameters
    ----------
    n_aisles, n_cells
        Aisles, and cells (storage places behind each other) per side of an aisle.
    aisle_spacing_m
        Between the middles of neighboring aisles.
    cell_m, end_m
        Length of a cell; from a cross-aisle to the middle of the nearest cell.
    depot_aisle
        Aisle at whose front mouth tours start and end.
    """

    n_aisles: int
    n_cells: int
    aisle_spacing_m: float
    cell_m: float
    end_m: float
    depot_aisle: int = 0

    @property
    def aisle_length_m(self) -> float:
        """From the front to the back cross-aisle."""
        return 2.0 * self.end_m + (self.n_cells - 1) * self.cell_m
