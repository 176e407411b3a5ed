"""How Sphinx makes the documentation site: ``make docs``.

The source is the whole checkout, so that a link from a page to a notebook or to the glossary is the same link on
a code host and on the site. Nothing is fetched while building, and the site loads nothing from elsewhere.
"""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "fulfillsim"
author = "The fulfillsim maintainers"
project_copyright = author
release = version = version_of("fulfillsim")

root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/*.ipynb", "CHANGELOG.md", "CONTRIBUTING.md", "GLOSSARY.md"]
exclude_patterns = [".venv", ".git", "build", "dist", "src", "tests", "docs/_ext", "**/.ipynb_checkpoints"]
extensions = ["myst_nb", "printed", "schema_tables", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]

html_theme = "furo"
html_title = "fulfillsim"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"light_css_variables": {"color-brand-primary": "#00548a", "color-brand-content": "#00548a"}}

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]

# Notebooks are stored without output and run here, in their own folder, where the data of some of them lie.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 600  # the first run in a fresh checkout compiles
nb_execution_show_tb = True
nb_merge_streams = True
nb_ipywidgets_js = {}

# Docstrings: numpydoc, types in annotations, single backticks for anything that is code.
default_role = "literal"
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88

# Fences of how-to pages name their file after the language, and some hold formats that no lexer knows whole.
suppress_warnings = ["misc.highlighting_failure"]
