"""``fulfillsim report`` from the outside: files, streams and exit codes."""

import shutil
import time
from importlib import import_module

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from fulfillsim.bench.app import app as bench_app
from fulfillsim.cli.app import app
from fulfillsim.cli.report import ReportFormat
from fulfillsim.experiment import verify
from fulfillsim.report.html import write_report
from fulfillsim.testing.directories import write_run
from fulfillsim.testing.html_reader import Seen


@pytest.fixture
def run_folder(tmp_path):
    return write_run(tmp_path / "week")


def report(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


def test_the_report_lies_in_the_directory_unless_told_otherwise_and_its_place_is_printed(run_folder):
    done = report(run_folder)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.strip() == str(run_folder / "report.html")
    assert "tiny" in Seen((run_folder / "report.html").read_text("utf-8")).text("h1")


@pytest.mark.parametrize("form", ReportFormat)
def test_the_format_gives_the_file_its_ending(form, run_folder, tmp_path):
    assert report(run_folder, "--format", form).exit_code == 0
    assert (run_folder / f"report.{form}").is_file()
    assert report(run_folder, "-f", form, "-o", tmp_path / "mine").stdout.strip() == str(tmp_path / f"mine.{form}")


def test_what_is_unfinished_is_reported_with_a_warning_that_quiet_leaves_out(tmp_path):
    folder = write_run(tmp_path / "half", is_done=False)
    done = report(folder)
    assert done.exit_code == 0
    assert done.stderr.startswith("warning: unfinished: the run was stopped after 4 replications")
    assert report(folder, "-q").stderr == ""


@pytest.mark.parametrize(("name", "message"), [("nowhere", "does not exist"), ("empty", "is empty")])
def test_a_directory_with_nothing_in_it_exits_with_2_and_writes_nothing(name, message, tmp_path):
    (tmp_path / "empty").mkdir()
    done = report(tmp_path / name)
    assert done.exit_code == 2
    assert message in done.stderr
    assert list((tmp_path / "empty").iterdir()) == []


def test_progress_shows_the_main_figure_beside_the_time_left(monkeypatch, capsys):
    progress = import_module("fulfillsim.experiment.progress")
    clock = iter([0.0, 20.0, 25.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.progress_on_stderr(quiet=False) as tell:
        tell.look(lambda: "on_time_shipment 0.970 ± 0.012")
        tell(5, 20)
        tell(6, 20)
    assert capsys.readouterr().err == "5 of 20 replications, about 60 s left, on_time_shipment 0.970 ± 0.012\n"


def test_quiet_progress_is_none_at_all():
    progress = import_module("fulfillsim.experiment.progress")
    with progress.progress_on_stderr(quiet=True) as tell:
        assert tell is None


def test_a_bar_on_a_terminal_waits_until_the_work_takes_long_and_leaves_nothing(monkeypatch):
    progress = import_module("fulfillsim.experiment.progress")
    monkeypatch.setattr(progress, "SECONDS_BEFORE", 60.0)
    bar = progress._Bar("replications")
    bar.look(lambda: "throughput 100 ± 1")
    bar(1, 4)
    bar._show()
    bar(2, 4)
    task = bar._bar.tasks[0]
    assert (task.completed, task.total, task.fields["figure"]) == (2, 4, "throughput 100 ± 1")
    bar.close()
    assert not bar._timer.is_alive()
    assert task.finished is False


def test_every_verb_that_may_take_long_can_be_told_to_be_quiet():
    verbs = {**get_command(app).commands, **get_command(bench_app).commands}
    long = ("run", "report", "solve", "analytic", "speed", "kernels", "coverage", "crn", "parallel", "picking")
    for name in (*long, "batching", "delivery"):
        assert any("--quiet" in option.opts for option in verbs[name].params), name


def test_work_without_steps_shows_its_seconds(monkeypatch):
    progress = import_module("fulfillsim.experiment.progress")
    shown = []

    class Heard(progress.Tell):
        def __call__(self, done, total):
            shown.append((self._what, done, total))

    monkeypatch.setattr(progress, "_Lines", Heard)
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: False, raising=False)
    with progress.clock_on_stderr(False, "solving", 2.5):
        time.sleep(1.2)
    assert shown == [("seconds of solving", 1, 3)]


def test_running_figures_again_and_drawing_tell_how_far_they_are(tmp_path):
    out, seen = tmp_path / "out", []
    assert (
        CliRunner().invoke(app, ["run", "theory/mm1", "--set", "days=1", "-n", "2", "-o", f"{out}", "-q"]).exit_code
        == 0
    )
    verify(out, None, progress=lambda *counts: seen.append(counts))
    assert seen == [(1, 2), (2, 2)]
    n_pictures = len(list((out / "pictures").glob("*.svg")))
    shutil.rmtree(out / "pictures")
    seen.clear()
    write_report(out, progress=lambda *counts: seen.append(counts))
    assert seen == [(done, n_pictures) for done in range(1, n_pictures + 1)]
