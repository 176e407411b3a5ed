"""Do intervals cover, comparisons keep quiet and selections choose right as often as they say.

Everything is counted over independent experiments on models with exact answers; `measure` gives all tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fulfillsim.bench.coverage.calls import false_calls
from fulfillsim.bench.coverage.intervals import coverage, naive_coverage
from fulfillsim.bench.coverage.slippage import guarantee

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["coverage", "false_calls", "guarantee", "measure", "naive_coverage"]


def measure(n_experiments: int = 2000, seed: int = 1) -> dict[str, pd.DataFrame]:
    """All tables by name: ``naive``, ``coverage``, ``false_calls``, ``guarantee``.

    Parameters
    ----------
    n_experiments
        Independent experiments behind each share, 2000 for the figures we print; several minutes of one core.
    seed
        Any integer >= 0.
    """
    return {
        "naive": naive_coverage(n_experiments, seed),
        "coverage": coverage(n_experiments, seed),
        "false_calls": false_calls(n_experiments, seed),
        "guarantee": guarantee(n_experiments, seed),
    }
