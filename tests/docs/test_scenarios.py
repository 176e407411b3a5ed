"""The page of scenarios holds every one that is shipped, under its own question, and what it runs runs."""

import re
from pathlib import Path

import pytest
from myst_nb.core.read import read_myst_markdown_notebook
from nbclient import NotebookClient

from fulfillsim.scenario import load_scenario

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_shipped_scenario_has_its_section():
    assert sorted(SECTIONS) == sorted(file.stem for file in (ROOT / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_begins_with_the_question_of_its_scenario_and_shows_a_table_and_a_picture(name):
    text = SECTIONS[name]
    assert text.strip().startswith(f"**{load_scenario(name).question}**")
    assert f'load_scenario("{name}")' in text
    assert ".plot." in text


@pytest.mark.slow
def test_every_cell_of_the_page_runs_and_pictures_are_shown():
    notebook = read_myst_markdown_notebook(PAGE)
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": ROOT / "docs"}}
    ).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == PAGE.count(".plot.")
