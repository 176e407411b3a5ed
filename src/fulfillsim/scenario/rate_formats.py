"""Rate cards whose columns are known: what they call zone, weights and prices. To add one, add a line to `FORMATS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class RateFormat(NamedTuple):
    """What a file calls the columns of a rate card, and by how much its bands may fail to meet."""

    columns: Mapping[str, str]
    close_gaps_kg: float = 0.0


FORMATS: dict[str, RateFormat] = {
    "plain": RateFormat({}),
    # Brunel University supply chain logistics problem (figshare 10.17633/rd.brunel.7558679), sheet FreightRates
    "brunel": RateFormat(
        {
            "zone": "dest_port_cd",
            "above_kg": "minm_wgh_qty",
            "up_to_kg": "max_wgh_qty",
            "minimum": "minimum cost",
            "per_kg": "rate",
        },
        0.0100001,
    ),
}
