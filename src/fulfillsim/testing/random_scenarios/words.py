"""What the sections of random scenarios share: shares, times, weekdays, calendars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Any_ = SearchStrategy[Any]
section = st.fixed_dictionaries
one = st.sampled_from

ZONES, SERVICES, CHANNELS = ("near", "far", "abroad"), ("standard", "express"), ("web", "phone", "store", "edi")
DISCIPLINES = ("fifo", "priority", "preemptive", "shortest")
MOST_STEPS = 3
MOST_SKUS_OF_A_KIT = 3

shares = one(("0 %", "3 %", "20 %", "60 %", "100 %"))
counts = st.integers(1, 12)
seconds = one(("0s", "5s", "45s", "4 min", "25 min"))
times = one(
    (
        *("40s", "6 min", {"exponential": {"mean": "3 min"}}, {"lognormal": {"mean": "5 min", "cv": 0.7}}),
        *({"gamma": {"mean": "90s", "cv": 1.4}}, {"uniform": {"low": "1 min", "high": "9 min"}}, "2h"),
        {"mixture": {"quick": {"share": "80 %", "of": "30s"}, "slow": {"share": "20 %", "of": "20 min"}}},
    )
)
parts = section(
    {"per_order": one(("20s", "3 min"))},
    optional={"per_line": seconds, "per_unit": one(("0s", "2s")), "per_gift": seconds, "cv": one((0.0, 0.4, 1.5))},
)
works = st.one_of(times, parts)
sizes = one((1, 3, {"geometric": {"mean": 1.8}}, {"shares": {"1": "70 %", "2": "20 %", "7": "10 %"}}))
weekdays = one(("daily", "mon-fri", "mon-sat", "tue", "sat-sun"))
calendars = section(
    {"working_days": weekdays}, optional={"holidays": one(({"2026-03-03": "Feast"}, {"2026-03-30": "Feast"}))}
)


def divided(names: Sequence[str], made: Callable[[str], Any]) -> Any_:
    """Mapping of the first few names to what is made of their shares, which sum to 1."""
    splits = (("100 %",), ("65 %", "35 %"), ("50 %", "30 %", "20 %"))
    return one(
        [{n: made(s) for n, s in zip(names, split, strict=False)} for split in splits if len(split) <= len(names)]
    )
