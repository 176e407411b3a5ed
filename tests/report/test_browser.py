"""Reports of every kind, opened in a real browser without a network."""

import pytest

from fulfillsim.report.html import write_report
from fulfillsim.report.reading import read_directory
from fulfillsim.testing.browser import HOW_TO_GET_IT, find_browser, opened, shoot
from fulfillsim.testing.directories import EVIL, WRITERS, write_run, write_study

pytestmark = pytest.mark.skipif(find_browser() is None, reason=HOW_TO_GET_IT)


COLORS_OF_TEXT = """() => {
    const clear = 'rgba(0, 0, 0, 0)';
    const said = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    const behind = e => !e ? 'rgb(255, 255, 255)'
        : getComputedStyle(e).backgroundColor === clear ? behind(e.parentElement) : getComputedStyle(e).backgroundColor;
    return [...document.querySelectorAll('body *')].filter(e => !e.closest('svg') && said(e))
        .map(e => [getComputedStyle(e).color, behind(e)]);
}"""


def report_of(folder):
    return write_report(folder, folder.parent / f"{folder.name}.html")


@pytest.mark.parametrize("kind", WRITERS)
def test_a_report_opens_without_a_complaint_and_asks_the_network_for_nothing(kind, tmp_path):
    with opened(report_of(WRITERS[kind](tmp_path / kind))) as seen:
        page = seen.page
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.get_by_role("region", name="Question and answer").is_visible()
        assert page.get_by_role("navigation", name="Contents").get_by_role("link").count() >= 2
        assert (seen.complaints, seen.requests) == ([], [])


def test_a_reader_finds_answer_certainty_tables_and_pictures_by_what_they_are(tmp_path):
    folder = write_study(tmp_path / "study")
    with opened(report_of(folder)) as seen:
        page = seen.page
        for sentence in read_directory(folder).comparison.sentences():
            assert page.get_by_role("region", name="Question and answer").get_by_text(sentence.split(" by ")[0]).count()
        picture = page.get_by_role("img").first
        assert picture.get_attribute("aria-label")
        assert picture.bounding_box()["width"] > 600
        row = page.get_by_role("table").get_by_role("row").filter(has_text="two more").first
        assert row.is_visible()


def test_it_is_walked_through_by_keyboard_and_the_skip_link_leads_to_the_answer(tmp_path):
    with opened(report_of(write_run(tmp_path / "run"))) as seen:
        page = seen.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
        page.keyboard.press("Enter")
        assert page.url.endswith("#answer")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('nav').getAttribute('aria-label')") == "Contents"
        page.keyboard.press("Enter")
        target = page.evaluate("document.querySelector(location.hash).getBoundingClientRect().top")
        assert -1 <= target < 900  # a fraction of a pixel may be above


def test_text_stands_out_from_its_background_by_4_5_to_1(tmp_path):
    """The contrast that WCAG 2.2 asks for at level AA (success criterion 1.4.3)."""
    folder = write_run(tmp_path / "half", is_done=False)
    with opened(report_of(folder)) as seen:
        colors = seen.page.evaluate(COLORS_OF_TEXT)
    assert len(colors) > 40
    assert min(contrast(*(rgb(text) for text in pair)) for pair in colors) >= 4.5


def rgb(text):
    return [int(part) for part in text.removeprefix("rgb(").rstrip(")").split(",")]


def contrast(first, second):
    bright, dark = sorted((luminance(color) for color in (first, second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(color):
    linear = [c / 12.92 if (c := part / 255) <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for part in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_names_with_scripts_are_read_as_text_and_nothing_runs(tmp_path):
    resolved = {"name": EVIL, "question": EVIL, EVIL: EVIL, "assumed": {EVIL: EVIL}}
    for folder in (
        write_run(tmp_path / "run", name=EVIL, resolved=resolved),
        write_study(tmp_path / "s", names=("a", EVIL)),
    ):
        with opened(report_of(folder)) as seen:
            assert seen.page.get_by_text(EVIL).count() >= 1
            assert seen.page.evaluate("document.scripts.length") == 0
            assert (seen.complaints, seen.requests) == ([], [])


def test_on_a_narrow_screen_tables_scroll_and_the_page_does_not(tmp_path):
    with opened(report_of(write_run(tmp_path / "run")), width=390) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_printed_it_has_no_contents_whole_words_and_few_pages(tmp_path):
    from pypdf import PdfReader

    shot, printed = shoot(report_of(write_run(tmp_path / "run")), tmp_path / "shots")
    assert shot.stat().st_size > 20_000
    pages = [page.extract_text() for page in PdfReader(printed).pages]
    text = "\n".join(pages)
    assert "on_time_shipment" in text
    assert "Skip to the answer" not in text
    assert len(pages) <= 6
