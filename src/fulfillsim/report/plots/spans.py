"""Counting what is there through time: spans with a begin and an end, looked at on a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def present(begin_s: Floats, end_s: Floats, time_s: Floats) -> NDArray[np.int64]:
    """Number of spans [begin, end) that hold each time.

    Parameters
    ----------
    begin_s, end_s
        Shape (n,); begin NaN: never there, end NaN or infinite: still there.

    Examples
    --------
    >>> present(np.array([0.0, 2.0]), np.array([3.0, np.nan]), np.array([0.0, 2.0, 3.0])).tolist()
    [1, 2, 1]
    """
    there = np.isfinite(begin_s)
    come = np.sort(begin_s[there])
    gone = np.sort(np.where(np.isnan(end_s[there]), np.inf, end_s[there]))
    counts: NDArray[np.int64] = np.searchsorted(come, time_s, "right") - np.searchsorted(gone, time_s, "right")
    return counts


def mean_present(begin_s: Floats, end_s: Floats, edges_s: Floats) -> Floats:
    """Mean number of spans there between each pair of edges, shape (n_edges - 1,).

    Examples
    --------
    >>> mean_present(np.array([0.0, 1.0]), np.array([1.0, np.nan]), np.array([0.0, 2.0, 4.0])).tolist()
    [1.0, 1.0]
    """
    there = np.isfinite(begin_s)
    ended = np.where(np.isfinite(end_s[there]), end_s[there], edges_s[-1])
    passed = _passed(begin_s[there], edges_s) - _passed(ended, edges_s)
    mean: Floats = np.diff(passed) / np.diff(edges_s)
    return mean


def _passed(moments_s: Floats, edges_s: Floats) -> Floats:
    """Sum over moments of the seconds that have passed since each, at each edge."""
    moments_s = np.sort(moments_s)
    running = np.concatenate([[0.0], np.cumsum(moments_s)])
    n_before = np.searchsorted(moments_s, edges_s)
    passed: Floats = n_before * edges_s - running[n_before]
    return passed
