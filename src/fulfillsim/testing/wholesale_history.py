"""The history that the scenario ``wholesale`` replays: two weeks of a made-up wholesaler of gifts.

``python -m fulfillsim.testing.wholesale_history scenarios/wholesale_orders.csv`` writes it again, the same bytes. Half
of the orders have 15 lines or more and a tenth more than 54; articles are asked for by Zipf's law, and by the case.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sampling.distributions import make
from fulfillsim.sampling.streams import Streams

SEED = 20260223
FIRST, N_DAYS = datetime(2026, 2, 23), 13
ORDERS = (44, 40, 38, 38, 36, 0, 14)
"""Orders by weekday, Monday first: on Sundays shops order for the week, on Saturdays nobody does."""
HOURS = (0, 0, 0, 0, 0, 0, 0, 2, 6, 10, 12, 11, 7, 9, 10, 9, 7, 4, 2, 1, 1, 0, 0, 0)
MEDIAN_LINES, P90_LINES, MOST_LINES = 15.0, 54.0, 220
N_SKUS, ZIPF = 1500, 0.75
DRAWS = 4
"""Articles drawn per line, of which as many different ones are taken as the order has lines."""
CASES = (1, 2, 4, 6, 12, 24)
CASE_SHARES = (0.18, 0.15, 0.15, 0.24, 0.2, 0.08)
ABROAD = 0.1
URGENT = 0.12

Floats = NDArray[np.float64]


def orders() -> Iterator[tuple[str, datetime, str, str, list[tuple[str, int]]]]:
    """Id, time, zone, service and lines (SKU, units) of each order, by time."""
    streams = Streams(SEED, 0)
    sigma = np.log(P90_LINES / MEDIAN_LINES) / 1.2815515655446004  # the normal's 90 % quantile
    mean = MEDIAN_LINES * np.exp(sigma**2 / 2)
    lines = make("lognormal", mean=float(mean), cv=float(np.sqrt(np.expm1(sigma**2))))
    popular = np.cumsum(np.arange(1, N_SKUS + 1) ** -ZIPF)
    number = 0
    for day in range(N_DAYS):
        date = FIRST + timedelta(days=day)
        n = ORDERS[date.weekday()]
        u = streams.uniforms("test:wholesale-orders", day, n * 4).reshape(n, 4)
        seconds = np.sort(_clock(u[:, 0]))
        even = (np.argsort(np.argsort(u[:, 1])) + 0.5) / n if n else u[:, 1]  # each day has its short and long orders
        n_lines = np.clip(np.rint(lines.quantile(even)), 1, MOST_LINES).astype(int)
        for order in range(n):
            drawn = streams.uniforms("test:wholesale-lines", number, 2 * DRAWS * n_lines[order]).reshape(-1, 2)
            skus = np.searchsorted(popular / popular[-1], drawn[:, 0], side="right")
            cases = np.searchsorted(np.cumsum(CASE_SHARES), drawn[:, 1], side="right").clip(max=len(CASES) - 1)
            asked = {f"G{sku + 1:04d}": CASES[case] for sku, case in zip(skus.tolist(), cases.tolist(), strict=True)}
            asked = dict(list(asked.items())[: n_lines[order]])
            time = date + timedelta(seconds=60 * int(seconds[order] // 60))
            zone = "abroad" if u[order, 2] < ABROAD else "home"
            service = "urgent" if u[order, 3] < URGENT else "standard"
            yield f"W{number + 1:04d}", time, zone, service, list(asked.items())
            number += 1


def _clock(u: Floats) -> Floats:
    """Seconds of the day by the profile of hours."""
    edges = np.concatenate([[0.0], np.cumsum(HOURS)]) / sum(HOURS)
    return np.asarray(np.interp(u, edges, np.arange(25) * 3600.0), dtype=np.float64)


def as_csv() -> str:
    """The history, a row per line."""
    rows = ["order,placed,zone,service,sku,units"]
    for name, time, zone, service, lines in orders():
        rows += [f"{name},{time:%Y-%m-%dT%H:%M},{zone},{service},{sku},{units}" for sku, units in lines]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(as_csv(), "utf-8")
