"""The directive ``printed``: a command of fulfillsim, and what it prints today.

A page that lists KPIs, options or scenarios by hand is wrong after the next change; this one is made of the program::

    ```{printed} fulfillsim list kpis
    ```
"""

import os
import shlex

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Printed(SphinxDirective):
    """A literal block with what a command prints."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        """Run the command in this process; one that fails fails the build."""
        text = printed_by(self.arguments[0])
        block = nodes.literal_block(text, text, language="text")
        self.set_source_info(block)
        return [block]


def printed_by(command):
    """What a ``fulfillsim`` command line prints on stdout."""
    from typer.testing import CliRunner

    from fulfillsim.cli.app import app

    name, *words = shlex.split(command)
    if name != "fulfillsim":
        raise ValueError(f"printed: must begin with fulfillsim (got {command!r})")
    os.environ["COLUMNS"] = "110"
    done = CliRunner().invoke(app, words, prog_name="fulfillsim")
    if done.exit_code:
        raise RuntimeError(f"{command}: exit code {done.exit_code}\n{done.output}")
    return done.stdout.rstrip()


def setup(app):
    """Tell Sphinx."""
    app.add_directive("printed", Printed)
    return {"parallel_read_safe": True}
