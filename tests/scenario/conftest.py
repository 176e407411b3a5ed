"""A small scenario that tests change one thing of."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from fulfillsim.errors import ScenarioError
from fulfillsim.scenario import Scenario, scenario_from

SMALL: dict[str, Any] = {
    "schema": 1,
    "name": "small",
    "start": "2026-03-02",
    "zone": "Europe/Berlin",
    "zones": {"near": {"share": 0.6}, "far": {"share": 0.4}},
    "services": {"standard": {"cutoff": "14:00"}},
    "demand": {"channels": {"web": {"orders_per_day": 240, "lines": {"geometric": {"mean": 1.5}}}}},
    "catalog": {"skus": 40},
    "layout": {"aisles": 4, "cells": 5},
    "inventory": {"suppliers": {"acme": {"lead_time": "3 working days"}}},
    "staff": {
        "pickers": {
            "skills": {"picking": 1, "packing": {"rank": 2, "speed": 0.9}},
            "wage": "18 EUR/h",
            "shifts": {"day": {"hours": "08:00-18:30", "headcount": 5, "breaks": {"lunch": "12:00-12:30"}}},
        }
    },
    "processing": {"clock_start": "placed"},
    "fulfillment": {"picking": {"tour": {}}, "steps": {"packing": {"after": "picking", "time": "90s"}}},
    "delivery": {
        "carriers": {
            "parcelco": {
                "pickups": {"evening": "18:00"},
                "services": {"ground": {"transit": {"near": 1, "far": 2}}},
            }
        }
    },
}


def changed(changes: dict[str, Any], folder: str | Path = ".") -> Scenario:
    """The small scenario with values at dotted paths replaced; ``None`` takes one away."""
    return scenario_from(deepcopy(SMALL), folder).vary(changes)


@pytest.fixture
def small() -> Callable[..., Scenario]:
    """Maker of the small scenario, with changes by dotted path and the folder of its tables."""
    return lambda changes=None, folder=".": changed(changes or {}, folder)


@pytest.fixture
def faults() -> Callable[[dict[str, Any]], list[str]]:
    """Maker of the lines that a changed scenario is refused with."""

    def told(changes: dict[str, Any]) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            changed(changes)
        return [line.partition(" ")[2] for line in str(caught.value).splitlines()]

    return told
