"""The documentation site builds without a warning, and loads nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAR = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*(?:src|href)=["'](?:https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site without running its notebooks, which tests of their own do."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    where = ["-c", "docs", "-d", str(folder / "trees"), "-D", "nb_execution_mode=off", ".", str(folder / "html")]
    done = subprocess.run([*command, *where], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


@pytest.mark.slow
def test_it_has_a_page_for_each_how_to_notebook_and_concept_and_loads_nothing_from_elsewhere(site):
    for folder, pattern in (("docs/howto", "*.md"), ("docs/concepts", "*.md"), ("notebooks", "*.ipynb")):
        names = {page.stem for page in (ROOT / folder).glob(pattern)}
        assert names <= {page.stem for page in (site / folder).glob("*.html")}
    far = [page.name for page in site.rglob("*.html") if FAR.search(page.read_text("utf-8"))]
    assert far == []


@pytest.mark.slow
def test_its_reference_is_made_of_docstrings_and_of_the_program(site):
    assert "Replications of one scenario." in (site / "docs/reference/python.html").read_text("utf-8")
    assert "on_time_shipment" in (site / "docs/reference/kpis.html").read_text("utf-8")
    assert "Days whose figures count." in (site / "docs/reference/scenario_files.html").read_text("utf-8")
