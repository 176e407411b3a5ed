"""The owner of compilation: where kernels are kept, what is said, and that compiled or not makes no difference."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fulfillsim.optim import compiled

SORT = """
import sys
import numpy as np
from fulfillsim.optim import compiled
compiled.tell(compiled.to_stderr)
from fulfillsim.optim.pick_routing._kernels import in_order
order = np.empty(3, np.int64)
in_order(np.array([2, 0, 1], np.int32), np.array([1.0, 2.0, 3.0]), 0, 3, order)
assert order.tolist() == [1, 2, 0]
"""
LENGTHS = """
import numpy as np
from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.pick_routing import ROUTING, PickList, lengths_m, router, summaries_of
rng = np.random.default_rng(3)
for blocks, end in ((1, None), (1, 2), (2, None), (3, 0)):
    layout = RectangularLayout(5, 9, 3.3, 0.7, 0.9, depot_aisle=1, n_blocks=blocks, end_aisle=end)
    first = np.concatenate([[0], np.cumsum(rng.integers(1, 9, 5))])
    aisle, position = rng.integers(0, 5, first[-1]), layout.aisle_length_m * rng.random(first[-1])
    tours = summaries_of(layout, first, aisle, position)
    for name, method in ROUTING.items():
        if method.supports(layout):
            continue
        if method.code is not None:
            print(name, blocks, end, lengths_m(method, layout, tours).tolist())
        if name != "ortools":
            picks = PickList(layout, aisle[:8], position[:8])
            print(name, router(layout, method)(aisle[:8], position[:8]), method.route(picks))
"""


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def test_without_compilation_every_length_and_path_is_the_same_to_the_last_bit():
    assert run(LENGTHS, NUMBA_DISABLE_JIT="1").stdout == run(LENGTHS).stdout


def test_compiling_is_told_once_and_found_on_disk_the_next_time(tmp_path):
    first, second = (run(SORT, NUMBA_CACHE_DIR=str(tmp_path)).stderr for _ in range(2))
    assert first == "compiling in_order for this machine, once ...\n"
    assert second == ""


def test_where_no_usual_folder_can_be_written_a_temporary_one_serves(tmp_path):
    blocked, temporary = tmp_path / "a file, no folder", tmp_path / "temporary"
    blocked.write_text("")
    temporary.mkdir()
    run(SORT, NUMBA_CACHE_DIR="", XDG_CACHE_HOME=str(blocked), HOME=str(blocked), TMPDIR=str(temporary))
    assert list(temporary.glob("fulfillsim-kernels-*/pick_routing-*/**/*.nbi"))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a kernel file that takes a kernel from another one, and constants from a third."""
    folder = tmp_path / "fulfillsim"
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()
    (folder / "a" / "_kernels.py").write_text("from fulfillsim.b import _kernels as other, public\n")
    (folder / "b" / "_kernels.py").write_text("from fulfillsim.b._numbers import TWO\n")
    (folder / "b" / "_numbers.py").write_text("TWO = 2\n")
    (folder / "b" / "public.py").write_text("from fulfillsim.b import beyond\n")
    (folder / "b" / "beyond.py").write_text("")
    monkeypatch.setattr(compiled, "PACKAGE", folder)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.mark.parametrize(
    ("edited", "moves"),
    [("b/_numbers.py", True), ("a/_kernels.py", True), ("b/public.py", True), ("b/beyond.py", False)],
)
def test_an_edited_callee_or_constant_in_another_file_means_another_folder(package, edited, moves):
    def folder() -> Path:
        compiled.cache_folder.cache_clear()
        return compiled.cache_folder(package / "a" / "_kernels.py")

    before = folder()
    (package / edited).write_text((package / edited).read_text() + "THREE = 3\n")
    assert (folder() != before) == moves


def test_importing_kernels_compiles_nothing():
    code = "from fulfillsim.optim.pick_routing import _kernels; print(_kernels.tour_length.signatures)"
    assert run(code).stdout == "[]\n"
