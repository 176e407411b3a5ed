from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Demand
from fulfillsim.domain.records import TABLES, Milestone
from fulfillsim.domain.staff import Role
from fulfillsim.domain.world import World
from fulfillsim.io.frames import trace_frames, write_frames

DAYS = Days(733_000, (0.0, 86_400.0), 0, 1, 0, "Europe/London")
CARRIERS = SimpleNamespace(
    services=(SimpleNamespace(name="fast", carrier=0), SimpleNamespace(name="slow", carrier=0)),
    carriers=(SimpleNamespace(name="post"),),
    fleet=None,
)
WORLD = World("w", DAYS, Demand((SimpleNamespace(name="web"),)), (Role("pickers", (), ()),), delivery=CARRIERS)


@pytest.fixture
def trace():
    """One order, one tour by one worker, an automatic check, one parcel."""
    rows = {
        "visits": [(0, 0, -1, 0, 0, 1), (7, 1, 0, 1, 2, 3)],
        "milestones": [(0, Milestone.RECEIVED, 0.0), (0, Milestone.PICKED, 3.0)],
        "parcels": [(0, 1, 2, 0.5, 4.9, 3, 5, 2, 9, np.nan, 1, 0, -1, 0.0, 0.5, 0)],
    }
    one, zero = np.ones(1, np.int32), np.zeros(1, np.int16)
    tape = SimpleNamespace(placed_s=np.zeros(1), channel=zero, client=zero, zone=zero, service=zero, priority=zero)
    tape.line_start, tape.sku, tape.quantity, tape.order_id = np.array([0, 1]), one * 0, one * 2, ("A-1",)

    def columns(table):
        values = np.array(rows.get(table, []), float).reshape(-1, len(TABLES[table]))
        return {name: values[:, i] for i, name in enumerate(TABLES[table])}

    stations = (SimpleNamespace(name="checks", items="order"), SimpleNamespace(name="picking", items="tour"))
    workers = (SimpleNamespace(name="pickers early 1", role=0, shift="early"),)
    return SimpleNamespace(tape=tape, columns=columns, stations=stations, workers=workers, end_s=100.0)


def test_frames_show_names_instead_of_indices_and_flags_instead_of_numbers(trace):
    frames = trace_frames(WORLD, trace)
    assert set(frames) == {*TABLES, "orders", "lines"}
    visits = frames["visits"]
    assert visits["station"].tolist() == ["checks", "picking"]
    assert visits["worker"].isna().tolist() == [True, False]
    assert visits["role"].tolist()[1] == "pickers"
    assert visits["items"].tolist() == ["order", "tour"]
    assert frames["milestones"]["kind"].tolist() == ["received", "picked"]
    (parcel,) = frames["parcels"].to_dict("records")
    assert (parcel["carrier_service"], parcel["lost"], parcel["cost_eur"]) == ("slow", True, 4.9)
    (order,) = frames["orders"].to_dict("records")
    assert (order["order_id"], order["channel"], order["n_units"]) == ("A-1", "web", 2)


def test_a_count_that_is_not_known_yet_is_nan_and_whole_numbers_stay_whole(trace):
    columns = trace.columns

    def with_a_delivery_under_way(table):
        found = columns(table)
        if table != "arrivals":
            return found
        return {name: np.array([-1.0, np.nan if name == "units" else -1.0]) for name in found}

    arrivals = trace_frames(WORLD, SimpleNamespace(**vars(trace) | {"columns": with_a_delivery_under_way}))["arrivals"]
    assert arrivals["units"].isna().tolist() == [False, True]
    assert arrivals["delivery"].dtype == np.int64


def test_frames_come_back_from_parquet_as_they_were_and_leave_nothing_unfinished(trace, tmp_path):
    frames = trace_frames(WORLD, trace)
    files = write_frames(frames, tmp_path / "frames")
    assert sorted(tmp_path.glob("frames/*")) == sorted(files)
    for file in files:
        frame = frames[file.stem]  # a file without rows forgets the names of its categories
        pd.testing.assert_frame_equal(
            pd.read_parquet(file), frame, check_categorical=len(frame) > 0, check_dtype=len(frame) > 0
        )


def test_a_write_that_fails_leaves_the_old_file_and_no_other(trace, tmp_path, monkeypatch):
    frames = {"orders": trace_frames(WORLD, trace)["orders"]}
    (file,) = write_frames(frames, tmp_path)
    before = file.read_bytes()

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fulfillsim.io.frames.os.replace", no_space)
    with pytest.raises(OSError, match="No space"):
        write_frames(frames, tmp_path)
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == before
