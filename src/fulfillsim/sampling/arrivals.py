"""When customers come: counts per piece of the day and instants within it, renewal streams, shared shocks.

Every draw has its place (day, piece, index), so a higher expectation adds arrivals and moves none, and a
longer horizon changes nothing before.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.errors import DistributionError
from fulfillsim.sampling.counts import negative_binomial_quantile, poisson_quantile
from fulfillsim.sampling.durations import Gamma
from fulfillsim.sampling.formula import Distribution, Refusal
from fulfillsim.sampling.streams import Streams

Floats = NDArray[np.float64]
_RENEWAL_BLOCK = 4096
_MOST_EXPECTED = 1e9


class Arrivals(NamedTuple):
    """Arrivals of one day in the order of time.

    Attributes
    ----------
    time_s
        Shape (n,), sorted.
    piece, draw
        Shape (n,) each: the piece of the day and the number of the draw in it. The pair names an arrival in
        every alternative: under a higher expectation it is still there, at the same instant.
    """

    time_s: Floats
    piece: NDArray[np.int64]
    draw: NDArray[np.int64]


def arrival_times(
    streams: Streams, purpose: str, cell: int, cell_edges_s: ArrayLike, expected: ArrayLike, *, vmr: float = 1.0
) -> Floats:
    """Instants of `day_arrivals` alone, sorted."""
    return day_arrivals(streams, purpose, cell, cell_edges_s, expected, vmr=vmr).time_s


def day_arrivals(
    streams: Streams, purpose: str, cell: int, cell_edges_s: ArrayLike, expected: ArrayLike, *, vmr: float = 1.0
) -> Arrivals:
    """Arrivals at a rate that is constant within each piece of the day.

    Parameters
    ----------
    streams, purpose
        Counts use the stream ``purpose + ":count"``, instants ``purpose``.
    cell
        The day's ordinal.
    cell_edges_s
        Shape (n_pieces + 1,), increasing; piece i is [edge i, edge i+1).
    expected
        Shape (n_pieces,): mean number of arrivals in each piece, >= 0.
    vmr
        Variance / mean of the number in a piece: 1 is Poisson, more is negative binomial, 0 rounds the
        mean up or down at random (as little variance as can be). Between 0 and 1 there is no model.

    Returns
    -------
    Arrivals
        The k-th draw of a piece is the same whatever the expectation; counts increase with it.

    Raises
    ------
    DistributionError
        For bad edges, expectations or ``vmr``.
    """
    edges, means = _pieces(cell_edges_s, expected)
    counts = _counts(streams.uniforms(f"{purpose}:count", cell, means.shape), means, vmr)
    draws = [streams.uniforms(purpose, cell, n, block=i) for i, n in enumerate(counts.tolist()) if n]
    piece = np.repeat(np.arange(counts.size), counts)
    draw = np.arange(piece.size) - np.repeat(np.cumsum(counts) - counts, counts)
    uniforms = np.concatenate(draws) if draws else np.empty(0)
    time_s = edges[piece] + uniforms * np.diff(edges)[piece]
    # the product may round up to the next edge, which belongs to the next piece
    time_s = np.minimum(time_s, np.nextafter(edges[1:], -np.inf)[piece])
    order = _by_time(time_s)
    return Arrivals(time_s[order], piece[order], draw[order])


def _by_time(time_s: Floats) -> NDArray[np.int64]:
    """Stable order of times. Sorting that need not be stable takes half the time, and two are hardly ever equal."""
    order = np.argsort(time_s)
    rising = time_s[order]
    return np.argsort(time_s, kind="stable") if (rising[1:] == rising[:-1]).any() else order


def renewal_times(streams: Streams, purpose: str, distribution: Distribution, start_s: float, end_s: float) -> Floats:
    """Instants in [start, end) whose gaps are independent draws; the first comes one gap after the start.

    Parameters
    ----------
    streams, purpose
        Gaps come in numbered blocks of 4,096, so a later end only adds instants.
    distribution
        Of the gap, mean > 0, in seconds.
    start_s, end_s
        Finite; no instants if the end is not after the start.

    Raises
    ------
    DistributionError
        If the mean gap is 0 or the horizon would hold more than 10^9 arrivals.
    """
    span_s = end_s - start_s
    if not distribution.mean > 0:
        raise Refusal("gap")("mean", distribution.mean, "must be > 0", "give the mean time between arrivals")
    if not span_s / distribution.mean <= _MOST_EXPECTED:
        rule = f"must keep arrivals up to {end_s:g} s below {_MOST_EXPECTED:g}"
        raise Refusal("gap")("mean", distribution.mean, rule, "check units, or shorten the horizon")
    blocks: list[Floats] = []
    last_s = float(start_s)
    while last_s < end_s:
        gaps = distribution.quantile(streams.uniforms(purpose, len(blocks), _RENEWAL_BLOCK))
        blocks.append(last_s + np.cumsum(gaps))
        last_s = float(blocks[-1][-1])
    times = np.concatenate(blocks) if blocks else np.empty(0)
    return times[: np.searchsorted(times, end_s)]


def day_factor(streams: Streams, day_ordinal: int, cv: float, purpose: str = "day_factor") -> float:
    """Busyness of a day, shared by all its hours: gamma with mean 1; 1.0 if ``cv`` is 0."""
    return _factor(streams.hashed_uniform(purpose, day_ordinal), cv)


def replication_factor(streams: Streams, cv: float, purpose: str = "replication_factor") -> float:
    """Forecast error of a whole replication: gamma with mean 1; 1.0 if ``cv`` is 0."""
    return _factor(streams.hashed_uniform(purpose, 0), cv)


def _factor(u: float, cv: float) -> float:
    return Gamma.from_cv(1.0, cv).quantile_one(u) if cv != 0 else 1.0


def _pieces(cell_edges_s: ArrayLike, expected: ArrayLike) -> tuple[Floats, Floats]:
    edges, means = np.asarray(cell_edges_s, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if edges.ndim != 1 or means.shape != (edges.size - 1,) or not (np.diff(edges) > 0).all():
        rule = "must increase, and be one more than the expected counts"
        hint = "give shapes (n + 1,) and (n,)"
        raise DistributionError("arrival", "cell_edges_s", f"shapes {edges.shape}, {means.shape}", rule, hint)
    if not ((means >= 0) & (means <= _MOST_EXPECTED)).all():
        worst = means[~((means >= 0) & (means <= _MOST_EXPECTED))][0]
        rule = f"must lie in 0 to {_MOST_EXPECTED:g} per piece"
        raise DistributionError("arrival", "expected", worst, rule, "check rates and units")
    return edges, means


def _counts(u: Floats, means: Floats, vmr: float) -> NDArray[np.int64]:
    if vmr == 0:
        counts = np.floor(means + u)
    elif vmr == 1:
        counts = poisson_quantile(u, means)
    elif 1 < vmr < math.inf:
        counts = negative_binomial_quantile(u, means, vmr)
    else:
        hint = "1 is Poisson; busy sites have 2 to 5"
        raise DistributionError("arrival", "vmr", vmr, "must be 0, 1 or more", hint)
    return counts.astype(np.int64)
