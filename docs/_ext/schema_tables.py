"""The directive ``schema_tables``: every section of a scenario file, and its keys with defaults and meanings."""

import json

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class SchemaTables(SphinxDirective):
    """A section for the file and for each part of it that may be written in full."""

    def run(self):
        """Read the schema that ``fulfillsim schema`` prints."""
        from fulfillsim.scenario import json_schema

        document = json_schema()
        parts = {"The file": document, **document["$defs"]}
        return [section(name, part) for name, part in parts.items() if part.get("properties")]


def section(name, part):
    """Title, meaning and table of one object of the schema."""
    made = nodes.section(ids=[f"keys-{nodes.make_id(name)}"])
    made += nodes.title(text=name)
    made += nodes.paragraph(text=part.get("description", ""))
    needed = max([part.get("required", []), *(way.get("required", []) for way in part.get("anyOf", ()))], key=len)
    rows = [(key, default(key, what, needed), meaning(what)) for key, what in part["properties"].items()]
    made += table(("key", "default", "meaning"), rows)
    return made


def default(key, what, needed):
    """What holds where the key is left out."""
    if key in needed:
        return "must be given"
    value = what.get("default")
    return "-" if value in (None, {}, []) else json.dumps(value, ensure_ascii=False)


def meaning(what):
    """The key's description, with what it may be where that is a short list."""
    said = what.get("description", "")
    return f"{said} One of: {', '.join(map(str, what['enum']))}." if "enum" in what else said


def table(titles, rows):
    """A table whose first two columns are code."""
    group = nodes.tgroup(cols=3)
    for width in (22, 22, 56):
        group += nodes.colspec(colwidth=width)
    head, body = nodes.thead(), nodes.tbody()
    head += row(nodes.paragraph(text=title) for title in titles)
    for key, value, text in rows:
        body += row((literal(key), literal(value), nodes.paragraph(text=text)))
    group += [head, body]
    return nodes.table("", group)


def row(cells):
    """One row."""
    made = nodes.row()
    for cell in cells:
        made += nodes.entry("", cell)
    return made


def literal(text):
    """Text as code."""
    return nodes.paragraph("", "", nodes.literal(text=text))


def setup(app):
    """Tell Sphinx."""
    app.add_directive("schema_tables", SchemaTables)
    return {"parallel_read_safe": True}
