"""A replayed history: its counts stand in the run's output, and its orders are the tape."""

import numpy as np

from fulfillsim.experiment import simulate
from fulfillsim.scenario import scenario_from
from fulfillsim.tape import draw_tape

ROWS = """order,placed,sku,quantity
1,2026-03-02 08:00,a,2
1,2026-03-02 08:00,b,1
2,2026-03-02 09:30,a,1
C3,2026-03-02 10:00,a,-1
4,2026-03-03 11:00,b,5
4,2026-03-03 11:00,b,1
"""


def scenario_of(folder):
    (folder / "orders.csv").write_text(ROWS)
    return scenario_from(
        {
            "schema": 1,
            "name": "replay",
            "start": "2026-03-02",
            "days": 2,
            "warm_up": 0,
            "drain": 0,
            "demand": {
                "channels": {"web": {}},
                "history": {
                    "file": "orders.csv",
                    "one_row_per": "line",
                    "columns": {"order": "order", "placed": "placed", "sku": "sku", "quantity": "quantity"},
                    "drop": {"cancelled": {"column": "order", "starts_with": "C"}},
                },
            },
            "catalog": {"weight": "100 g"},
            "staff": {"crew": {"skills": {"bench": 1}, "shifts": {"all": {"hours": "always", "headcount": 1}}}},
            "fulfillment": {"steps": {"bench": {"time": "10 min"}}},
        },
        folder,
    )


def test_the_orders_of_a_history_become_the_tape(tmp_path):
    tape = draw_tape(scenario_of(tmp_path).world(), 1, 0)
    assert tape.placed_s.tolist() == [8 * 3600.0, 9.5 * 3600.0, 86_400 + 11 * 3600.0]
    assert tape.n_lines.tolist() == [2, 1, 1]
    assert tape.n_units.tolist() == [3, 1, 6]


def test_every_replication_replays_the_same_orders(tmp_path):
    world = scenario_of(tmp_path).world()
    one, other = draw_tape(world, 1, 0), draw_tape(world, 1, 1)
    assert np.array_equal(one.placed_s, other.placed_s)
    assert not np.array_equal(one.uniforms("transit"), other.uniforms("transit"))


def test_the_summary_counts_what_was_dropped_and_merged(tmp_path):
    result = simulate(scenario_of(tmp_path), replications=1, jobs=1)
    assert result.imported()["rows dropped: cancelled"] == 1
    assert "rows dropped: cancelled 1" in result.summary()
    assert "lines merged: same SKU twice in an order 1" in result.summary()
