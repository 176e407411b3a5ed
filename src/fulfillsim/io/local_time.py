"""Between local times at the file border and seconds since clock zero behind it.

Clock changes fall on quarters of an hour, so one look-up of the UTC offset per quarter that occurs is exact. A
local time that occurs twice is taken as the first; one that is skipped is read with the offset before the change
(PEP 495, fold 0), and ends up as much later as the clocks went forward.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import Days

Times = NDArray[np.datetime64]
Floats = NDArray[np.float64]
_QUARTER = np.timedelta64(15, "m")
_SECOND = np.timedelta64(1, "s")


def seconds_of(local: Times, days: Days) -> tuple[Floats, dict[str, int]]:
    """Seconds since clock zero of local times, shape (n,), and how many met a clock change.

    Parameters
    ----------
    local
        Local times, shape (n,).
    days
        The run's days; ``days.zone`` is the zone.
    """
    quarters, back = _quarters(local)
    zone = ZoneInfo(days.zone)
    before, after = (_offsets(quarters, zone, fold)[back] for fold in (0, 1))
    clock_zero, start = _clock_zero(days)
    seconds = (local - clock_zero) / _SECOND - (before - start)
    skipped, repeated = int((before < after).sum()), int((before > after).sum())
    changes = {"times skipped by a clock change": skipped, "times repeated by a clock change": repeated}
    return seconds.astype(np.float64), {what: n for what, n in changes.items() if n}


def local_times(time_s: Floats, days: Days) -> Times:
    """Local times of seconds since clock zero, ``datetime64[us]``, shape (n,); NaN becomes NaT."""
    clock_zero, start = _clock_zero(days)
    microseconds = np.where(np.isfinite(time_s), time_s - start, 0.0) * 1e6
    utc: Times = clock_zero + np.round(microseconds).astype("timedelta64[us]")
    quarters, back = _quarters(utc)
    zone = ZoneInfo(days.zone)
    moments = [_stamp(quarter).replace(tzinfo=UTC).astimezone(zone) for quarter in quarters]
    shift = np.array([_offset_s(moment) for moment in moments])[back]
    local: Times = utc + (shift * 1e6).astype("timedelta64[us]")
    return np.where(np.isfinite(time_s), local, np.datetime64("NaT", "us"))


def _clock_zero(days: Days) -> tuple[np.datetime64, float]:
    """Local midnight of the first day and the UTC offset in seconds that holds then."""
    midnight = np.datetime64(days.date(0), "us")
    return midnight, float(_offsets(np.array([midnight]), ZoneInfo(days.zone), 0)[0])


def _quarters(times: Times) -> tuple[Times, NDArray[np.int64]]:
    """The distinct quarters of an hour in which times lie, and the place of each time among them."""
    minutes: Times = times.astype("datetime64[m]")
    past: NDArray[np.timedelta64] = (minutes - np.datetime64(0, "m")) % _QUARTER
    quarters, back = np.unique(minutes - past, return_inverse=True)
    return quarters.astype("datetime64[us]"), back


def _offsets(quarters: Times, zone: ZoneInfo, fold: int) -> Floats:
    """UTC offset in seconds at local times, shape (n,)."""
    return np.array([_offset_s(_stamp(local).replace(tzinfo=zone, fold=fold)) for local in quarters])


def _offset_s(moment: datetime) -> float:
    offset = moment.utcoffset()
    return 0.0 if offset is None else offset.total_seconds()


def _stamp(time: np.datetime64) -> datetime:
    stamp = time.astype("datetime64[us]").item()
    assert isinstance(stamp, datetime)
    return stamp
