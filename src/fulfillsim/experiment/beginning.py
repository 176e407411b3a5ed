"""The state of a run at one moment, written so that another run can begin with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fulfillsim.domain.world import World
from fulfillsim.errors import InputError
from fulfillsim.sim import Trace

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Beginning:
    """A snapshot that was written.

    Parameters
    ----------
    frames
        ``orders``, ``lines``, ``stock``, ``on_order``, ``people``.
    files
        Where each that has rows was written.
    settings
        ``start``, ``begin`` and ``snapshot`` of a scenario that begins with it.
    """

    frames: dict[str, pd.DataFrame]
    files: dict[str, Path]
    settings: dict[str, Any]

    @property
    def changes(self) -> dict[str, Any]:
        """The same for `Scenario.vary`."""
        return dict(self.settings)

    def __str__(self) -> str:
        """The lines of a scenario file."""
        snapshot = self.settings["snapshot"]
        tables = [f"  {name}: {{table: {file}}}" for name, file in self.files.items()]
        lines = [f"start: {self.settings['start']}", "begin: given", "snapshot:", f'  at: "{snapshot["at"]}"', *tables]
        return "\n".join(lines)


def begin_at(world: World, trace: Trace, at: str | datetime, folder: Path) -> Beginning:
    """Write what was open at a local time into a folder.

    Raises
    ------
    InputError
        If the time does not lie inside the run, or a scenario could not begin with it.
    """
    from fulfillsim.io.snapshot import beginning_of, snapshot_frames, write_snapshot
    from fulfillsim.kpi.snapshot import still_at

    at_s = second_of(world, at, trace.end_s)
    still = still_at(world, trace, at_s)
    frames = snapshot_frames(world, still)
    files = write_snapshot(frames, folder)
    if "orders" not in files:
        raise InputError(f"snapshot at {at}: no order is open then - begin with `begin: empty`, or take another time")
    return Beginning(frames, files, beginning_of(world, at_s, files))


def second_of(world: World, at: str | datetime, end_s: float | None = None) -> float:
    """Seconds since clock zero of a local time inside a run that ends at ``end_s``, or with the days that count.

    Raises
    ------
    InputError
        If it is no local time, or lies outside.
    """
    from fulfillsim.io.local_time import local_times, seconds_of

    begin_s, end_s = world.days.begin_s, world.days.window_end_s if end_s is None else end_s
    at_s = float(seconds_of(np.array([_local(at)], "datetime64[us]"), world.days)[0][0])
    if not begin_s <= at_s < end_s:
        first, last = local_times(np.array([begin_s, end_s]), world.days).astype("datetime64[m]")
        rule = f"must lie inside the run, from {first} to before {last}"
        raise InputError(f"snapshot at {at}: {rule} - take another time")
    return at_s


def _local(at: str | datetime) -> datetime:
    try:
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    except ValueError:
        raise InputError(f"snapshot at {at}: must be a local time - write it like 2026-03-04T10:00") from None
    if moment.tzinfo is not None:
        raise InputError(f"snapshot at {at}: must be a local time, without an offset - write it like 2026-03-04T10:00")
    return moment
