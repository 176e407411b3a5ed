import pytest

from fulfillsim.bench.harness.find import find_solver, solver_digest
from fulfillsim.errors import UnknownNameError
from fulfillsim.optim.solving import Stop


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package with an entry point for our problem and one for another."""
    (tmp_path / "their_solvers.py").write_text("def guess(n):\n    return n + 5\n")
    info = tmp_path / "their_solvers-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-solvers\nVersion: 1.2\n")
    points = "[fulfillsim.solvers]\ntoy.guess = their_solvers:guess\nother.guess2 = their_solvers:guess\n"
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("package")
def test_an_installed_entry_point_is_a_solver_by_its_name(toy):
    assert find_solver(toy, "guess")(10, "plain", Stop()).plan == 15
    assert solver_digest(toy, "guess") == "their-solvers 1.2"


@pytest.mark.usefixtures("package")
def test_an_entry_point_of_another_problem_is_not(toy):
    with pytest.raises(UnknownNameError, match=r"late, bound, finds_none, guess$"):
        find_solver(toy, "guess2")
