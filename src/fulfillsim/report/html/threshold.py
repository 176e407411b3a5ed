"""The report of a threshold: how far a setting can go, and what breaks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fulfillsim.report.html.figures import all_kpis, side_by_side
from fulfillsim.report.html.how import again, method
from fulfillsim.report.html.page import Block, Page, Picture, Section, Table
from fulfillsim.report.html.pictures import picture_of
from fulfillsim.report.html.run import scenario_section
from fulfillsim.report.reading import ThresholdRead

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def threshold_page(search: ThresholdRead) -> Page:
    """Everything that the directory of a threshold search tells."""
    told = search.answer
    path = str(told.get("path") or search.search.get("path") or search.search.get("setting") or "a setting")
    rows = [row for row in told.get("rows", ()) if isinstance(row, dict)]
    sections = [Section("Settings that were run", _settings(path, rows))] if rows else []
    results = {name: run.result for name, run in search.runs.items() if run.result.records}
    first = next(iter(search.runs.values()), None)
    if results and not rows:
        kpis, units = all_kpis(results)
        sections.append(Section("All figures", [side_by_side(results, kpis, units)]))
    if first is not None:
        sections += [method(first), *filter(None, [scenario_section(first)]), again(search.runs)]
    targets = " and ".join(map(str, told.get("targets", ())))
    question = f"How far can {path} go while {targets} holds?" if targets else f"How far can {path} go?"
    what = f"Threshold of {path}, {len(search.runs)} settings run"
    answer = f"{told['answer']}." if told.get("answer") else "The search is not finished, so there is no answer yet."
    return Page(f"How far can {path} go", what, question, answer, _certainty(told), search.notes, sections)


def _certainty(told: Mapping[str, Any]) -> str:
    if not told:
        return ""
    n = max((int(row.get("n", 0)) for row in told.get("rows", ()) if isinstance(row, dict)), default=0)
    bent = "" if told.get("monotone", True) else " The margin does not fall steadily: look at the curve."
    level = f"{told['level']:.0%}" if isinstance(told.get("level"), float) else "the level"
    return f"The interval around the threshold holds with {level}; {n} replications at each setting.{bent}"


def _settings(path: str, rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    columns = ("setting", "kpi", "margin", "holds", "n")
    cells = [tuple(_cell(row.get(column)) for column in columns) for row in rows]
    table = Table("Margin to each target (above 0: kept)", columns, cells, frozenset({"setting", "margin", "n"}))
    return [*_picture(path, rows), table]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else "" if value is None else str(value)


def _picture(path: str, rows: Sequence[Mapping[str, Any]]) -> list[Picture]:
    if not all(isinstance(row.get("margin"), int | float) for row in rows):
        return []
    alt = f"Margin to each target over {path}; where a curve falls below 0 the target is missed."
    return [picture_of("threshold", plot_margins(path, rows), alt)]


def plot_margins(path: str, rows: Sequence[Mapping[str, Any]], ax: Axes | None = None) -> Axes:
    """Draw margins over the setting, one curve per KPI; a clock time keeps its words."""
    from fulfillsim.report.plots.style import COLORS, DASHES, axes, tidy
    from fulfillsim.report.plots.svg import hint

    ax = tidy(axes(ax))
    settings = list(dict.fromkeys(row["setting"] for row in rows))
    has_numbers = all(isinstance(setting, int | float) for setting in settings)
    place = {setting: setting if has_numbers else index for index, setting in enumerate(settings)}
    for number, kpi in enumerate(dict.fromkeys(row["kpi"] for row in rows)):
        part = [row for row in rows if row["kpi"] == kpi]
        across, up = [place[row["setting"]] for row in part], [row["margin"] for row in part]
        style = {"color": COLORS[number % len(COLORS)], "linestyle": DASHES[number % len(DASHES)]}
        ax.plot(across, up, marker="o", label=str(kpi), **style)
        hint(ax, across, up, [f"{path} = {row['setting']}: {kpi} {row['margin']:+.4g}" for row in part])
    if not has_numbers:
        ax.set_xticks(range(len(settings)), [str(setting) for setting in settings])
    ax.axhline(0.0, color="0.2", linewidth=1.2, linestyle="--")
    ax.set_xlabel(path)
    ax.set_ylabel("margin to the target (above 0: kept)")
    ax.set_title(f"How far {path} can go")
    ax.legend(frameon=False)
    return ax
