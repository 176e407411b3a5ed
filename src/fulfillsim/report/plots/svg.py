"""Pictures as SVG: sharp at any size, with values that show when a pointer rests on a mark."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
MOST_SHAPES = 300
"""Shapes of one mesh or heap of marks beyond which they become an image inside the SVG: axes and text stay sharp."""

MOST_HINTS = 150
_HINTS = "hints:"


def hint(ax: Axes, x: ArrayLike, y: ArrayLike, texts: Sequence[str], most: int = MOST_HINTS) -> None:
    """Lay invisible marks over a picture that tell their values in SVG; a PNG is left as it is.

    Parameters
    ----------
    x, y
        Places in data coordinates, shape (n,).
    texts
        One per place.
    most
        Of more places only every so many-th is marked: a mark takes about 350 bytes.
    """
    across, up = (np.asarray(side) for side in (x, y))
    step = max(1, -(-len(texts) // most))
    known = ~(np.isnat(across) if across.dtype.kind == "M" else np.isnan(across)) & ~np.isnan(up)
    there = [i for i in range(0, len(texts), step) if known[i]]
    if there:
        marks = ax.scatter(across[there], up[there], s=50, marker="s", facecolor="none", edgecolor="none", zorder=9)
        marks.set_gid(_HINTS + json.dumps([texts[i] for i in there]))


def as_svg(ax: Axes) -> str:
    """The whole figure of some axes as SVG text, equal for equal pictures."""
    from matplotlib import rc_context

    figure = ax.get_figure(root=True)
    assert figure is not None
    for part in figure.axes:
        for heap in part.collections:
            if _is_large(heap):
                heap.set_rasterized(True)
    text = io.StringIO()
    with rc_context({"svg.hashsalt": "fulfillsim"}):
        figure.savefig(text, format="svg", dpi=150, metadata={"Date": None, "Creator": None})
    return _with_titles(text.getvalue())


def save_svg(ax: Axes, file: Path) -> Path:
    """Write `as_svg` whole or not at all."""
    unfinished = file.with_name(f".{file.name}.part")
    unfinished.write_text(as_svg(ax), "utf-8")
    return unfinished.replace(file)


def _is_large(heap: Any) -> bool:
    """Whether drawing it shape by shape would make the file heavy."""
    array = heap.get_array()
    n_shapes = 0 if array is None else int(np.size(array))
    return max(n_shapes, len(heap.get_offsets())) > MOST_SHAPES and not (heap.get_gid() or "").startswith(_HINTS)


def _with_titles(text: str) -> str:
    """SVG in which each mark of `hint` has its text as a title."""
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(text)
    for group in root.iter(f"{{{SVG}}}g"):
        if group.get("id", "").startswith(_HINTS):
            texts = json.loads(group.attrib.pop("id").removeprefix(_HINTS))
            for mark, told in zip(_marks(group), texts, strict=False):
                mark.set("pointer-events", "all")
                ElementTree.SubElement(mark, f"{{{SVG}}}title").text = told
    return ElementTree.tostring(root, encoding="unicode")


def _marks(group: ElementTree.Element) -> list[ElementTree.Element]:
    """Marks in the order in which they were drawn, without the shapes that they are copies of."""
    found = []
    for child in group:
        if child.tag in (f"{{{SVG}}}use", f"{{{SVG}}}path"):
            found.append(child)
        elif child.tag == f"{{{SVG}}}g":
            found += _marks(child)
    return found
