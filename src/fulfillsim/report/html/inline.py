"""Pictures made fit to stand inside a page: cleaned of all that could run or load, with names of their own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from fulfillsim.report.plots.svg import SVG, XLINK

DRAWN = frozenset(
    (
        *("svg", "g", "defs", "path", "use", "clipPath", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("image", "text", "tspan", "title", "desc", "linearGradient", "radialGradient", "stop", "pattern"),
    )
)
"""Elements that draw; all others are left out with what is in them."""

_HREFS = ("href", f"{{{XLINK}}}href")
_IMAGE = "data:image/png;base64,"
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")
_FAR = re.compile(r"url\(\s*['\"]?(?!#)|expression|@import", re.IGNORECASE)
# matplotlib says this of all elements, in a style sheet that would hold for the whole page
_STROKES = "stroke-linejoin:round;stroke-linecap:butt"


def inlined(text: str, prefix: str, alt: str) -> str:
    """SVG as part of a page.

    Parameters
    ----------
    text
        An SVG file, of any origin: what does not draw is left out, nothing outside of it is referred to.
    prefix
        Set before all identifiers, so that two pictures of a page do not take each other's.
    alt
        What the picture shows.

    Raises
    ------
    ValueError
        If it is no SVG.
    """
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"not an SVG picture: {error}") from error
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(f"not an SVG picture: begins with {root.tag}")
    _clean(root, prefix)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.attrib.update({"role": "img", "aria-label": alt, "style": _STROKES})
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element, prefix: str) -> None:
    element.attrib = {
        name: clean for name, value in element.attrib.items() if (clean := _attribute(name, value, prefix)) is not None
    }
    for child in list(element):
        if isinstance(child.tag, str) and child.tag.removeprefix(f"{{{SVG}}}") in DRAWN:
            _clean(child, prefix)
        else:
            element.remove(child)


def _attribute(name: str, value: str, prefix: str) -> str | None:
    """The attribute's value as it may stand in the page; None where it may not."""
    plain = name.rpartition("}")[2].lower()
    if plain.startswith("on") or _FAR.search(value):
        return None
    if plain == "id":
        return prefix + value
    if name in _HREFS:
        if value.startswith("#"):
            return f"#{prefix}{value[1:]}"
        return value if value.startswith(_IMAGE) else None
    return _REFERENCE.sub(lambda found: f"url(#{prefix}{found[1]})", value)
