"""The report of each kind of directory, read back as a browser would."""

import json
import re
import shutil
import subprocess
from itertools import pairwise

import pytest

from fulfillsim.errors import InputError, RunDirectoryError
from fulfillsim.report.html import write_report
from fulfillsim.report.reading import read_directory
from fulfillsim.testing.directories import (
    EVIL,
    WRITERS,
    write,
    write_bench,
    write_run,
    write_sensitivity,
    write_study,
    write_threshold,
)
from fulfillsim.testing.html_reader import Seen


@pytest.fixture(scope="module", params=WRITERS)
def directory(request, tmp_path_factory):
    return WRITERS[request.param](tmp_path_factory.mktemp("reports") / "made")


@pytest.fixture(scope="module")
def page(directory):
    return seen(directory)


def seen(folder, **options):
    return Seen(write_report(folder, folder.parent / "report.html", **options).read_text("utf-8"))


def test_a_page_is_whole_says_its_language_and_loads_nothing(page):
    assert page.unbalanced == []
    assert page.all("html") == [{"lang": "en"}]
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "base", "form"}
    references = [v for _, attrs in page.tags for k, v in attrs.items() if k in ("src", "href", "xlink:href")]
    assert references
    assert all(reference.startswith(("#", "data:image/png;base64,")) for reference in references)
    policy = next(attrs["content"] for attrs in page.all("meta") if "http-equiv" in attrs)
    assert "default-src 'none'" in policy


def test_headings_are_in_order_and_every_picture_has_words_for_those_who_do_not_see_it(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(then <= before + 1 for before, then in pairwise(levels))
    assert all(attrs.get("alt") for attrs in page.all("img"))
    assert all(attrs.get("aria-label") and attrs["role"] == "img" for attrs in page.all("svg"))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))


def test_every_link_leads_to_a_part_of_the_page_and_no_name_is_given_twice(page):
    names = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(names) == len(set(names))
    assert {attrs["href"][1:] for attrs in page.all("a")} <= set(names)
    used = {v[1:] for _, attrs in page.tags for k, v in attrs.items() if k.endswith("href") and v.startswith("#")}
    assert used <= set(names)


def test_a_run_tells_question_answer_targets_and_how_to_repeat_it(tmp_path):
    page = seen(write_run(tmp_path / "run"))
    told = " ".join(page.text("p"))
    assert "Is it enough?" in told
    assert "0 of 1 targets are met. on_time_shipment is 0.915 ± 0.021 and misses >= 0.98." in told
    assert "95% half-width over 4 replications" in told
    assert any("fulfillsim run scenario.yaml -n 4 --seed 7" in text for text in page.text("code"))
    assert "ab12" in page.text("td")


def test_a_comparison_tells_differences_and_what_was_changed(tmp_path):
    page = seen(write_study(tmp_path / "study"))
    assert "on_time_shipment: two more is better than today by 0.0200 ± 0.0050 share." in page.text("p")
    assert {"staff.pickers", "8", "10"} <= {*page.text("th"), *page.text("td")}
    assert page.text("title").count("on_time_shipment: two more is better than today by 0.0200 ± 0.0050 share") == 1


def test_a_threshold_tells_how_far_and_draws_the_margins(tmp_path):
    page = seen(write_threshold(tmp_path / "search"))
    assert "on_time_shipment >= 0.98 holds up to demand.factor = 1.10 ± 0.05." in page.text("p")
    assert any(text.startswith("demand.factor = 1.2: on_time_shipment -0.01") for text in page.text("title"))


def test_a_sensitivity_analysis_names_the_setting_that_matters_most(tmp_path):
    page = seen(write_sensitivity(tmp_path / "effects"))
    assert "demand.factor moves on_time_shipment most: -0.031 share." in page.text("p")
    assert {"0.012", "0.004", "-"} <= set(page.text("td"))


def test_a_choice_tells_its_guarantee_and_what_it_rests_on(tmp_path):
    folder = write_study(tmp_path / "study", is_done=False)
    rows = [{"alternative": "today", "mean": 0.915, "n": 4, "survived": False, "chosen": True}]
    write(folder / "selection.json", {"answer": "today is chosen in throughput by kn", "rows": rows})
    page = seen(folder)
    assert "today is chosen in throughput by kn." in page.text("p")
    assert "Before you rely on this" not in page.text("h2")
    assert "yes" in " ".join(page.text("span"))


def test_a_benchmark_names_the_nearest_solver_and_no_folder_of_the_machine(tmp_path):
    page = seen(write_bench(tmp_path / "bench"))
    assert any("cw2 (s_shape) lies 3.25 % above the best known values" in text for text in page.text("p"))
    assert "henn/a.txt" in page.text("th")
    assert not [text for texts in page.texts.values() for text in texts if "some/where" in text]


@pytest.mark.parametrize("kind", WRITERS)
def test_what_is_unfinished_says_so_and_shows_what_there_is(kind, tmp_path):
    folder = WRITERS[kind](tmp_path / "half", is_done=False)
    page = seen(folder)
    assert "Before you rely on this" in page.text("h2")
    assert any(text.startswith("unfinished: ") for text in page.text("li"))
    assert page.text("td")


def test_an_unfinished_run_still_tells_the_figures_of_its_replications(tmp_path):
    page = seen(write_run(tmp_path / "half", n=3, is_done=False))
    assert "0.910 ± 0.025" in page.text("td")


def test_a_newer_format_is_named_and_shown_as_far_as_it_is_understood(tmp_path):
    page = seen(write_run(tmp_path / "new", version=99))
    assert any("written in format 99, of which this version knows up to 1" in text for text in page.text("li"))
    assert "0.915 ± 0.021" in page.text("td")


def test_damaged_files_are_named_and_what_can_be_read_is_shown(tmp_path):
    folder = write_run(tmp_path / "run")
    (folder / "manifest.json").write_text("{", "utf-8")
    with (folder / "records" / "0.jsonl").open("a") as stream:
        stream.write('{"replication": 4, "val\n')
    page = seen(folder)
    notes = " ".join(page.text("li"))
    assert "damaged: 1 lines of records cannot be read" in notes
    assert "damaged: manifest.json cannot be read" in notes
    assert "0.915 ± 0.021" in page.text("td")


@pytest.mark.parametrize("content", ['{"differences": 3}', "[]", "{", '{"level": "x", "differences": [{}]}'])
def test_a_damaged_comparison_leaves_the_figures_of_the_alternatives(content, tmp_path):
    folder = write_study(tmp_path / "study")
    (folder / "comparison.json").write_text(content, "utf-8")
    page = seen(folder)
    assert any("damaged: comparison.json" in text for text in page.text("li"))
    assert "0.915 ± 0.021" in page.text("td")


def test_a_study_never_reads_outside_of_its_folder(tmp_path):
    write_run(tmp_path / "other")
    folder = write_study(tmp_path / "study")
    told = json.loads((folder / "study.json").read_text()) | {"alternatives": {"x": "../other"}}
    write(folder / "study.json", told)
    assert "x" not in read_directory(folder).runs


@pytest.mark.parametrize(
    ("names", "message"), [((), "is empty"), (("notes.txt",), "holds no run, comparison or benchmark")]
)
def test_a_folder_with_nothing_of_ours_is_refused_with_what_it_holds(names, message, tmp_path):
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(RunDirectoryError, match=message) as raised:
        write_report(tmp_path)
    assert all(name in str(raised.value) for name in names)
    with pytest.raises(RunDirectoryError, match="does not exist"):
        write_report(tmp_path / "nowhere")


def test_markup_and_scripts_in_names_come_out_as_text(tmp_path):
    study = write_study(tmp_path / "study", names=("today", EVIL))
    resolved = {"name": EVIL, "question": EVIL, EVIL: EVIL, "assumed": {EVIL: EVIL}}
    run = write_run(tmp_path / "run", name=EVIL, resolved=resolved)
    bench = write_bench(tmp_path / "bench")
    (bench / "result.json").write_text((bench / "result.json").read_text().replace("cw2", json.dumps(EVIL)[1:-1]))
    for folder in (study, run, bench):
        page = seen(folder)
        assert not page.all("script")
        assert not [attrs for attrs in page.all("img") if not attrs["src"].startswith("data:")]
        assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
        assert any(EVIL in " ".join(texts) for texts in page.texts.values())
        text = write_report(folder, folder.parent / "report.md").read_text("utf-8")
        outside_of_code = re.sub(r"^(```|~{12})$.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
        assert "<script" not in outside_of_code
        assert "<img" not in outside_of_code


def test_pictures_of_the_directory_are_shown_cleaned_and_broken_ones_do_no_harm(tmp_path):
    folder = write_run(tmp_path / "run")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "wip.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)">'
        "<script>alert(2)</script><style>*{color:red}</style><foreignObject><b>x</b></foreignObject>"
        '<g id="a"><path d="M0 0" style="fill:url(http://x.y/z)"/><use xlink:href="#a"/></g>'
        '<image href="http://x.y/z.png"/><g style="clip-path: url(#a)"><title>seven</title></g></svg>',
        "utf-8",
    )
    (folder / "pictures" / "queues.svg").write_text("<svg", "utf-8")
    (folder / "pictures" / "queues.png").write_bytes(b"no picture")
    text = write_report(folder, tmp_path / "r.html").read_text("utf-8")
    page = Seen(text)
    assert page.text("title")[1:] == ["seven"]
    assert not re.search(r"alert|foreignObject|x\.y|onload|color:red", text)
    assert re.search(r'<g id="(p\d-)a">.*xlink:href="#\1a".*url\(#\1a\)', text, re.DOTALL)
    assert "This picture cannot be read." in page.text("p")


def test_markdown_has_the_tables_and_its_pictures_beside_it(tmp_path):
    file = write_report(write_threshold(tmp_path / "search"), tmp_path / "out.md")
    text = file.read_text("utf-8")
    assert text.startswith("# How far can demand.factor go\n")
    assert "| setting | kpi | margin | holds | n |" in text
    picture = re.search(r"!\[.+?\]\((\S+)\)", text)
    assert (tmp_path / picture[1]).read_bytes().startswith(b"\x89PNG")


def test_a_file_of_another_kind_or_in_no_folder_is_refused(tmp_path):
    folder = write_run(tmp_path / "run")
    with pytest.raises(InputError, match=r"must end in \.html or \.md"):
        write_report(folder, tmp_path / "report.pdf")
    with pytest.raises(InputError, match="there is no folder"):
        write_report(folder, tmp_path / "nowhere" / "report.html")


def test_the_same_directory_gives_the_same_bytes(directory):
    first, second = (write_report(directory, directory.parent / f"{n}.html").read_bytes() for n in "ab")
    assert first == second


def test_remarks_of_a_check_are_told(tmp_path):
    page = seen(write_run(tmp_path / "run"), remarks=["3 replications were run again: every bit is the same"])
    assert "3 replications were run again: every bit is the same" in page.text("li")


@pytest.mark.slow
def test_a_browser_shows_the_page_without_a_complaint(tmp_path):
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    file = write_report(write_study(tmp_path / "study"), tmp_path / "report.html")
    shot = tmp_path / "shot.png"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", f"--screenshot={shot}"]
    done = subprocess.run([browser, *flags, file.as_uri()], capture_output=True, text=True, timeout=120, check=False)
    assert "CONSOLE" not in done.stderr
    assert shot.stat().st_size > 20_000
