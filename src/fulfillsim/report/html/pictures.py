"""Pictures for reports: those that lie in a run directory, drawn anew where it has none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from fulfillsim.errors import FulfillsimError
from fulfillsim.experiment.counting import Count, counted
from fulfillsim.report.html.page import Picture
from fulfillsim.report.plots import CAPTIONS, PLOTS, suited

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fulfillsim.experiment.result import Result


def pictures_in(folder: Path) -> list[Picture]:
    """Pictures of a folder, SVG and PNG of one name together, in the order of `PLOTS`."""
    names = {file.stem for file in folder.glob("*") if file.suffix in (".svg", ".png") and not _is_part(file)}
    known = [name for name in PLOTS if name in names]
    return [_from_files(folder, name) for name in [*known, *sorted(names - set(known))]]


def _is_part(file: Path) -> bool:
    return file.name.startswith(".")


def _from_files(folder: Path, name: str) -> Picture:
    svg, png = folder / f"{name}.svg", folder / f"{name}.png"
    text = svg.read_text("utf-8", errors="replace") if svg.is_file() else ""
    return Picture(name, name.replace("_", " "), _alt(name), text, png.read_bytes() if png.is_file() else b"")


def drawn(result: Result, progress: Count | None = None) -> list[Picture]:
    """All pictures that suit a result, of its replication 0; none where it cannot be run again."""
    try:
        world, trace = result.world, result.trace()
    except (FulfillsimError, OSError):
        return []
    return [picture_of(name, PLOTS[name](world, trace)) for name in counted(suited(world), progress)]


def picture_of(name: str, ax: Axes, alt: str = "") -> Picture:
    """A picture of axes, as SVG and PNG."""
    import io

    from fulfillsim.report.plots.svg import as_svg

    figure = ax.get_figure(root=True)
    assert figure is not None
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150)
    return Picture(name, ax.get_title() or name.replace("_", " "), alt or _alt(name), as_svg(ax), stream.getvalue())


def _alt(name: str) -> str:
    return CAPTIONS.get(name, name.replace("_", " "))


def as_files(pictures: Iterable[Picture], folder: Path) -> dict[str, str]:
    """Write pictures to a folder, PNG where there is one, and return file names by picture."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {}
    for picture in pictures:
        ending, content = ("png", picture.png) if picture.png else ("svg", picture.svg.encode())
        (folder / f"{picture.name}.{ending}").write_bytes(content)
        names[picture.name] = f"{folder.name}/{picture.name}.{ending}"
    return names
