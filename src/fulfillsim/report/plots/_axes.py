"""Axes that a notebook shows: imported when the first picture is drawn, because matplotlib is heavy."""

from __future__ import annotations

import io

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class ShownAxes(Axes):
    """Axes that a notebook shows as the picture they belong to, without pyplot and its global state."""

    def _repr_png_(self) -> bytes:
        """The whole figure; IPython asks for it when the axes are the last value of a cell."""
        figure = self.get_figure(root=True)
        assert figure is not None
        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=80)
        return stream.getvalue()


def panels(n_rows: int, n_columns: int, width_in: float, height_in: float) -> list[Axes]:
    """Axes of a new figure, row by row."""
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    made = (
        figure.add_subplot(n_rows, n_columns, place + 1, axes_class=ShownAxes) for place in range(n_rows * n_columns)
    )
    return list(made)
