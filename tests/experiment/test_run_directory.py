import errno
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from fulfillsim.errors import RunDirectoryError
from fulfillsim.experiment import compare, files, find_threshold, select, simulate
from fulfillsim.experiment.record import Record, Value
from fulfillsim.experiment.run_directory import FORMAT_VERSION, Manifest, RunDirectory

MANIFEST = Manifest("a", "hash of a", 1, {"numpy": "2.0", "cpu": "X86_V2"})


def record(index, value=0.5):
    return Record(index, (Value("level", value, "share"),))


def test_records_come_back_whatever_their_chunks(tmp_path):
    directory = RunDirectory(tmp_path / "run", MANIFEST)
    directory.records.add([record(2), record(0)])
    directory.records.add([record(1)])
    again = RunDirectory(tmp_path / "run", MANIFEST)
    assert sorted(again.records.read(), key=lambda found: found.replication) == [record(i) for i in range(3)]


def test_a_truncated_record_file_costs_only_the_lines_that_were_cut(tmp_path):
    directory = RunDirectory(tmp_path / "run", MANIFEST)
    directory.records.add([record(0), record(1)])
    (file,) = (tmp_path / "run" / "records").iterdir()
    whole = file.read_bytes()
    first_line = whole.index(b"\n")
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        expected = ([0] if length >= first_line else []) + ([1] if length >= len(whole) - 1 else [])
        assert [found.replication for found in directory.records.read()] == expected


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (Manifest("b", "hash of b", 1, MANIFEST.versions), "another scenario (a; this one is b)"),
        (Manifest("a", "hash of a", 2, MANIFEST.versions), "another seed (1; this one is 2)"),
        (Manifest("a", "hash of a", 1, {"numpy": "2.1", "cpu": "X86_V2"}), "numpy 2.0, here 2.1"),
        (Manifest("a", "hash of a", 1, {"numpy": "2.0", "cpu": "X86_V4"}), "cpu X86_V2, here X86_V4"),
    ],
)
def test_a_directory_of_another_run_is_refused_with_what_to_do(tmp_path, manifest, told):
    RunDirectory(tmp_path / "run", MANIFEST)
    with pytest.raises(RunDirectoryError) as caught:
        RunDirectory(tmp_path / "run", manifest)
    assert told in str(caught.value)
    assert "folder" in caught.value.hint


def test_a_directory_of_a_newer_format_is_refused(tmp_path):
    RunDirectory(tmp_path, MANIFEST)
    content = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**content, "format_version": FORMAT_VERSION + 1}))
    with pytest.raises(RunDirectoryError, match=r"written in format 2 .* upgrade fulfillsim"):
        RunDirectory(tmp_path, MANIFEST)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format_version": "1"}'])
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(RunDirectoryError, match=r"manifest.json cannot be read"):
        RunDirectory(tmp_path, MANIFEST)


def test_a_folder_with_other_things_in_it_and_a_file_are_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(RunDirectoryError, match=r"must be empty .*thesis.txt"):
        RunDirectory(tmp_path, MANIFEST)
    with pytest.raises(RunDirectoryError, match="is a file"):
        RunDirectory(tmp_path / "thesis.txt", MANIFEST)


def test_the_manifest_names_no_place_of_this_machine(tmp_path, fake):
    simulate(fake.Scenario(), 1, jobs=1, out=tmp_path / "run", replicate=fake.replicate)
    text = (tmp_path / "run" / "manifest.json").read_text()
    assert str(tmp_path) not in text
    assert str(Path.home()) not in text
    assert {"fulfillsim", "numpy", "scipy", "simpy", "cpu", "python"} <= set(json.loads(text)["versions"])


class Disk:
    """Counts writes, syncs and renames, and lets the n-th of one kind fail."""

    def __init__(self, monkeypatch):
        self.count, self.fail = Counter(), None
        self.before = {"write": files._put, "fsync": lambda handle: None, "rename": os.replace}
        monkeypatch.setattr(files, "_put", lambda *args: self.step("write", *args))
        monkeypatch.setattr(os, "fsync", lambda *args: self.step("fsync", *args))
        monkeypatch.setattr(os, "replace", lambda *args: self.step("rename", *args))

    def step(self, kind, *args):
        self.count[kind] += 1
        if self.fail == (kind, self.count[kind]):
            if kind == "write":
                args[0].write(args[1][: len(args[1]) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.before[kind](*args)


def study(fake, folder):
    return simulate(fake.Scenario(), 4, seed=5, jobs=1, out=folder, replicate=fake.replicate)


def test_whichever_write_sync_or_rename_fails_the_run_goes_on_to_the_same_files(tmp_path, fake, monkeypatch):
    whole = study(fake, tmp_path / "whole")
    expected = contents(tmp_path / "whole")
    disk = Disk(monkeypatch)
    study(fake, tmp_path / "counted")
    faults = [(kind, n) for kind, total in disk.count.items() for n in range(1, total + 1)]
    assert len(faults) > 15
    for number, fault in enumerate(faults):
        disk.count.clear()
        disk.fail = fault
        folder = tmp_path / str(number)
        try:
            study(fake, folder)
        except RunDirectoryError as error:
            assert "No space left on device" in str(error)
            assert "run the same command again" in str(error)
        disk.fail = None
        assert [r.to_json() for r in study(fake, folder).records] == [r.to_json() for r in whole.records]
        assert contents(folder) == expected


def contents(folder):
    """Files and what they hold, record files as the lines of all of them."""
    found = {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    lines = sorted(line for name, data in found.items() if name.endswith(".jsonl") for line in data.splitlines())
    rest = {name: data for name, data in found.items() if not name.endswith(".jsonl")}
    return {**rest, "records": b"".join(lines)}


def pair(fake):
    return {name: fake.Scenario(name, effect=effect) for name, effect in (("today", 0.0), ("more", 2.0))}


STUDIES = {
    "comparison": lambda fake, **how: compare(pair(fake), replications=2, kpis=["throughput"], **how),
    "selection": lambda fake, **how: select(pair(fake), "throughput", 1.0, first=3, **how),
    "threshold": lambda fake, **how: find_threshold(
        fake.Scenario(), "demand.factor", 0, 2, ["throughput<=106"], replications=2, **how
    ),
}


@pytest.mark.parametrize(
    "kind", ["comparison", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("selection", "threshold"))]
)
def test_whichever_write_sync_or_rename_of_a_study_fails_it_goes_on_to_the_same_files(
    tmp_path, fake, monkeypatch, kind
):
    def run(folder):
        return STUDIES[kind](fake, seed=5, jobs=1, out=folder, replicate=fake.measured).summary()

    whole = run(tmp_path / "whole")
    expected = contents(tmp_path / "whole")
    disk = Disk(monkeypatch)
    run(tmp_path / "counted")
    faults = [(step, n) for step, total in disk.count.items() for n in range(1, total + 1)]
    assert len(faults) > 30
    for number, fault in enumerate(faults):
        disk.count.clear()
        disk.fail = fault
        folder = tmp_path / str(number)
        try:
            run(folder)
        except RunDirectoryError as error:
            assert "No space left on device" in str(error)
        disk.fail = None
        assert run(folder) == whole
        assert contents(folder) == expected


def test_a_study_directory_tells_what_else_it_holds(tmp_path, fake):
    def run(**options):
        how = {"seed": 5, "jobs": 1, "out": tmp_path, "replicate": fake.measured, "kpis": ["throughput"]}
        return compare(pair(fake), replications=2, **{**how, **options})

    run()
    with pytest.raises(RunDirectoryError, match=r"other seed \(5; this one has 6\)"):
        run(seed=6)
    with pytest.raises(RunDirectoryError, match=r"other common"):
        run(common=False)
    with pytest.raises(RunDirectoryError, match=r"other kind \(comparison; this one has selection\)"):
        select(pair(fake), "throughput", 1.0, seed=5, jobs=1, out=tmp_path, replicate=fake.measured)
    with pytest.raises(RunDirectoryError, match=r"must be empty or hold a manifest.json"):
        simulate(fake.Scenario(), 2, jobs=1, out=tmp_path, replicate=fake.measured)
    with pytest.raises(RunDirectoryError, match="the run of one scenario"):
        run(out=next(tmp_path.glob("01-*")))
    (tmp_path / "study.json").write_text("{")
    with pytest.raises(RunDirectoryError, match=r"study.json cannot be read"):
        run()
