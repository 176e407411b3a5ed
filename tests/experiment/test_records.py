import math
import sys

import numpy as np
import pandas as pd
import pytest

from fulfillsim.experiment.record import Record, Value
from fulfillsim.experiment.record_files import RecordFiles
from fulfillsim.experiment.records import RecordList, Records
from fulfillsim.experiment.tidy import tidy_frame, write_tidy


def record(index, value=0.5, cut=()):
    values = (
        Value("level", value, "share"),
        Value("nothing", math.nan, "h"),
        *(Value("level", 1.0, "share", c) for c in cut),
    )
    by = tuple(dict.fromkeys(name for c in cut for name, _ in c))
    target = (Value("level", value, "share", (("target", "level"), ("day", "2026-03-02"))),)
    return Record(index, values, 10, 20, by, target)


def texts(records):
    return [found.to_json() for found in records]


def test_packed_records_come_back_to_the_last_bit():
    given = [record(i, value) for i, value in enumerate((0.1 + 0.2, -0.0, math.inf, 5e-324))]
    packed = Records(reversed(given))
    assert texts(packed.between(0, 10)) == texts(given)
    assert texts(packed.between(1, 3)) == texts(given[1:3])
    assert texts([packed[2]]) == texts([given[2]])
    assert (2 in packed, 7 in packed, len(packed)) == (True, False, 4)
    assert RecordList.of(given).spans("level")[0] == {("day", "2026-03-02"): 0.1 + 0.2}


def test_columns_keep_the_order_of_the_replications_though_some_have_other_values():
    some = RecordList.of(
        [record(0, 1.0), record(1, 2.0, [(("day", "a"),)]), record(2, 3.0), record(3, 4.0, [(("day", "b"),)])]
    )
    assert some.column("level").tolist() == [1.0, 2.0, 3.0, 4.0]
    assert np.isnan(some.column("other")).all()
    assert some.columns()[("level", "share", ())].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert {cut: values.tolist() for (_, _, cut), values in some.columns(is_cut=True).items()} == {
        (("day", "a"),): [1.0],
        (("day", "b"),): [1.0],
    }


def test_a_replication_with_a_hundred_kpis_takes_about_a_kilobyte():
    values = tuple(Value(f"kpi {i}", float(i), "h") for i in range(100))
    row = Records([Record(7, values)]).between(7, 8).rows[0]
    assert sys.getsizeof(row) + sys.getsizeof(row.numbers) < 1_200


def test_the_parquet_of_a_study_holds_what_the_frames_hold_in_groups_of_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("fulfillsim.experiment.tidy.ROWS_AT_ONCE", 4)
    one = RecordList.of(record(i, i / 7) for i in range(5))
    other = RecordList.of(record(i, i / 9, [(("hour", 3),), (("hour", 4),)]) for i in range(3))
    with (tmp_path / "kpis.parquet").open("wb") as stream:
        write_tidy(stream, {"one": one, "other": other})
    read = pd.read_parquet(tmp_path / "kpis.parquet")
    assert list(read.columns) == ["alternative", "replication", "kpi", "hour", "value", "unit"]
    assert read["alternative"].tolist() == ["one"] * 10 + ["other"] * 12
    assert read["hour"].dropna().tolist() == [3, 4] * 3
    frame = tidy_frame(one)
    mine = read[read["alternative"] == "one"]
    assert mine["value"].to_numpy().tobytes() == frame["value"].to_numpy().tobytes()
    assert mine["kpi"].tolist() == frame["kpi"].tolist()
    import pyarrow.parquet as pq

    assert pq.ParquetFile(tmp_path / "kpis.parquet").num_row_groups == 6


def test_a_study_without_a_finished_replication_has_an_empty_frame(tmp_path):
    assert list(tidy_frame(RecordList.of([])).columns) == ["replication", "kpi", "value", "unit"]
    with (tmp_path / "kpis.parquet").open("wb") as stream:
        write_tidy(stream, {"none": RecordList.of([])})
    assert pd.read_parquet(tmp_path / "kpis.parquet").empty


def test_many_files_become_one_that_holds_every_whole_line_once(tmp_path):
    files = RecordFiles(tmp_path)
    for index in range(5):
        files.add([record(index)])
    files.add([record(1), record(2)])
    cut = tmp_path / "000004-000004-1.jsonl"
    cut.write_bytes(cut.read_bytes()[:-20])
    files.compact(most=8)
    assert len(list(tmp_path.iterdir())) == 6, "few enough as they are"
    files.compact(most=2)
    assert [file.name for file in tmp_path.iterdir()] == ["all-000004.jsonl"]
    assert sorted(texts(files.read())) == sorted(texts(map(record, range(4))))


@pytest.mark.parametrize("n_left", range(4))
def test_compacting_that_was_stopped_while_deleting_loses_and_doubles_nothing(tmp_path, n_left):
    files = RecordFiles(tmp_path)
    for index in range(4):
        files.add([record(index)])
    parts = {file: file.read_bytes() for file in sorted(tmp_path.iterdir())}
    files.compact(most=1)
    for file, content in list(parts.items())[:n_left]:
        file.write_bytes(content)
    files.add([record(9)])
    files.compact(most=1)
    assert sorted(texts(files.read())) == sorted(texts(map(record, (0, 1, 2, 3, 9))))
    assert len(list(tmp_path.iterdir())) == 1
