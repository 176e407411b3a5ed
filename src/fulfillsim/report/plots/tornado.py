"""Tornado: the factors of a sensitivity analysis by how much they matter to one KPI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.experiment.sensitivities import SensitivityResult
from fulfillsim.report.plots.style import BLUE, axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WORDS = {
    "morris": ("size (mean absolute effect)", "direction (mean effect)", "change over the factor's whole range"),
    "sobol": ("total, with interactions", "alone (first order)", "share of the variance"),
}


def tornado_frame(result: SensitivityResult, kpi: str) -> pd.DataFrame:
    """Factors in the order of the picture from top to bottom: rows of `SensitivityResult.to_frame` of one KPI."""
    result.of(kpi)
    frame = result.to_frame()
    return frame[frame["kpi"] == kpi].reset_index(drop=True)


def plot_tornado(result: SensitivityResult, kpi: str, ax: Axes | None = None) -> Axes:
    """Draw a bar for each factor, the largest on top: pale its size with its interval, dark its direct effect."""
    frame = tornado_frame(result, kpi)
    ax = axes(ax)
    size, direct, what = WORDS[result.method]
    places = np.arange(len(frame))
    reach = np.sign(frame["direct"].to_numpy()) if result.method == "morris" else np.ones(len(frame))
    lengths = np.where(reach < 0, -1.0, 1.0) * frame["size"].to_numpy()
    ax.barh(places, lengths, height=0.7, color="0.85", label=size, xerr=frame["half_width"].fillna(0.0), capsize=3)
    ax.barh(places, frame["direct"], height=0.35, color=BLUE, label=direct)
    ax.set_yticks(places, [f"{row.factor}\n{row.low:g} to {row.high:g}" for row in frame.itertuples()])
    ax.set_ylim(len(frame) - 0.5, -0.5)
    ax.axvline(0.0, color="0.2", linewidth=1.0)
    ax.set_xlabel(f"{what} ({result.unit(kpi)})" if result.method == "morris" else what)
    ax.set_title(f"{kpi}: what matters ({result.method})")
    ax.legend(frameon=False, loc="best")
    ax.spines[["top", "right"]].set_visible(False)
    return ax
