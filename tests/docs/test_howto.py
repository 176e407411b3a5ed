"""The how-to pages say what is true: their files are written, their commands and lines are run, in order.

In a page, a fence ```` ```yaml NAME ```` (or csv) is a file, ``$ fulfillsim ...`` a command that ends with 0 unless a
remark says ``# exit code N``, other lines of a console block are printed by the command above them (figures aside),
and python blocks of a page share their names.
"""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fulfillsim.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "howto").glob("*.md"))
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT_CODE = re.compile(r"# exit code (\d)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Processes change no figure, and starting them would be most of the time.
    monkeypatch.setattr("fulfillsim.experiment.study.available_cores", lambda: 1)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("MPLBACKEND", "agg")
    names: dict[str, object] = {}
    blocks = FENCE.findall(page.read_text("utf-8"))
    assert any(kind in ("console", "python") for kind, _, _ in blocks)
    for kind, file, text in blocks:
        if file:
            Path(file).write_text(text, "utf-8")
        elif kind == "console":
            run_console(text)
        elif kind == "python":
            exec(compile(text, f"{page.name}, a python block", "exec"), names)


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
