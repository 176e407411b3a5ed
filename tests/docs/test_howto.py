"""The pages say what is true: their files are written, their commands and lines are run, in order.

In a page, a fence ```` ```yaml NAME ```` (or csv) is a file, ``$ fulfillsim ...`` a command that ends with 0 unless a
remark says ``# exit code N``, other lines of a console block are printed by the command above them (figures aside),
and python blocks of a page share their names.
"""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from fulfillsim.bench.app import app as bench_app
from fulfillsim.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", DOCS / "get_started.md", *sorted(DOCS.glob("howto/*.md"))]
CONCEPTS = sorted(DOCS.glob("concepts/*.md"))
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT_CODE = re.compile(r"# exit code (\d)")


@pytest.mark.parametrize("page", PAGES + CONCEPTS, ids=lambda page: page.stem)
def test_every_block_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Processes change no figure, and starting them would be most of the time.
    monkeypatch.setattr("fulfillsim.experiment.study.available_cores", lambda: 1)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("MPLBACKEND", "agg")
    names: dict[str, object] = {}
    blocks = FENCE.findall(page.read_text("utf-8"))
    assert page in CONCEPTS or any(kind in ("console", "python") for kind, _, _ in blocks)
    for kind, file, text in blocks:
        if file:
            Path(file).write_text(text, "utf-8")
        elif kind == "console":
            run_console(text)
        elif kind == "python":
            exec(compile(text, f"{page.name}, a python block", "exec"), names)


def test_every_line_of_the_tour_is_a_command_with_options_that_exist():
    """Of what the README shows at a glance: the how-to pages run the same commands for real."""
    verbs = {"fulfillsim": get_command(app), "bench": get_command(bench_app)}
    shown = "".join(re.findall(r"^```\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL))
    lines = [line for line in shown.splitlines() if line.startswith("fulfillsim ")]
    assert len(lines) > 10
    for line in lines:
        words = shlex.split(line.replace("...", ""), comments=True)
        above = "bench" if words[1] == "bench" else "fulfillsim"
        name, *rest = words[words.index(above) + 1 :]
        verbs[above].commands[name].make_context(name, rest)


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))], ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([\w./-]+\.\w+|LICENSE)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def run_console(text):
    printed = ""
    for line in text.splitlines():
        if line.startswith("$ "):
            printed = run_command(line)
        else:
            assert without_figures(line) in printed, f"not printed: {line}"


def run_command(line):
    """Run the command; what it prints, without figures."""
    words = shlex.split(line.removeprefix("$ "), comments=True)
    assert words[0] == "fulfillsim"
    result = CliRunner().invoke(app, words[1:])
    wanted = int(found[1]) if (found := EXIT_CODE.search(line)) else 0
    assert result.exit_code == wanted, f"{line}: exit code {result.exit_code}\n{result.output}"
    return without_figures(result.stdout + result.stderr)


def without_figures(text):
    return " ".join(re.sub(r"\d+(\.\d+)?", "#", text).split())
