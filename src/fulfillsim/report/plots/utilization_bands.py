"""How busy roles are by hour of the day, over replications: what is typical, and how far chance moves it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from fulfillsim.domain.world import World
from fulfillsim.kpi.protocols import Trace
from fulfillsim.report.plots.style import COLORS, DASHES, axes, say_nothing_there, tidy
from fulfillsim.report.plots.svg import hint
from fulfillsim.report.plots.utilization import utilization_frame

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LOW, HIGH = 0.1, 0.9
"""Quantiles over replications between which a band lies."""


def utilization_bands_frame(world: World, traces: Iterable[Trace]) -> pd.DataFrame:
    """Utilization by role and hour of the day in the reported window, over replications.

    Returns
    -------
    Frame with ``role``, ``hour`` (local, 0 to 23), ``mean``, ``low`` and ``high`` (10 % and 90 % quantiles over
    replications) and ``n``; hours in which nobody of the role was there have no row.
    """
    import pandas as pd

    columns = ["role", "hour", "mean", "low", "high", "n"]
    shares = [_by_hour(world, trace) for trace in traces]
    if not shares or all(share.empty for share in shares):
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame(dict(enumerate(shares)))
    order = {role.name: place for place, role in enumerate(world.staff)}
    keys = sorted(table.index.tolist(), key=lambda key: (order[key[0]], key[1]))
    values = table.loc[keys].to_numpy(dtype=np.float64)
    figures = {
        "mean": np.nanmean(values, axis=1),
        "low": np.nanquantile(values, LOW, axis=1),
        "high": np.nanquantile(values, HIGH, axis=1),
        "n": np.isfinite(values).sum(axis=1),
    }
    return pd.DataFrame({"role": [role for role, _ in keys], "hour": [hour for _, hour in keys]} | figures)


def _by_hour(world: World, trace: Trace) -> pd.Series[float]:
    """Busy share by role and hour of one replication."""
    import pandas as pd

    frame = utilization_frame(world, trace)
    inside = frame["time_s"].between(world.days.window_start_s, world.days.window_end_s, inclusive="left")
    frame = frame[inside].assign(hour=frame["local_time"].dt.hour[inside])
    sums = frame.pivot_table(index=["role", "hour"], values=["busy_h", "present_h"], aggfunc="sum")
    share: pd.Series[float] = sums["busy_h"] / sums["present_h"] if len(sums) else pd.Series(dtype="float64")
    return share


def plot_utilization_bands(world: World, traces: Iterable[Trace], ax: Axes | None = None) -> Axes:
    """Draw `utilization_bands_frame`: a line per role, and a band in which eight of ten replications lie."""
    ax = tidy(axes(ax))
    frame = utilization_bands_frame(world, traces)
    for number, role in enumerate(dict.fromkeys(frame["role"])):
        part = frame[frame["role"] == role].set_index("hour").reindex(range(24))
        middle = np.arange(24) + 0.5
        color, dashes = COLORS[number % len(COLORS)], DASHES[number % len(DASHES)]
        ax.fill_between(middle, part["low"] * 100, part["high"] * 100, color=color, alpha=0.18, linewidth=0)
        ax.plot(middle, part["mean"] * 100, color=color, linestyle=dashes, linewidth=1.8, label=str(role))
        told = [f"{role}, {hour:02d}-{hour + 1:02d}: {mean:.0%}" for hour, mean in part["mean"].items()]
        hint(ax, middle, part["mean"] * 100, told)
    if frame.empty:
        say_nothing_there(ax, "nobody was on duty")
        n = 0
    else:
        n = int(frame["n"].max())
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
        ax.set_xlim(frame["hour"].min(), frame["hour"].max() + 1)
    ax.set_ylim(0, 102)
    ax.set_xlabel("hour of the day (local)")
    ax.set_ylabel("busy share of time present (%)")
    ax.set_title(f"Utilization by role and hour: mean and 10-90 % band over {n} replications")
    return ax
