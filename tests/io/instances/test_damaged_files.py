"""Files of every format, cut short and with a token exchanged: told with file and line, or still right."""

import re

import pytest

from fulfillsim.errors import DataError
from fulfillsim.io.instances import format_of, read_batching, read_selection, read_tours
from fulfillsim.testing import instance_files as samples

JUNK = ("word", "-5", "99999999", "1e400", "nan", "0", "", "2.5", "null", "true", '"x"', "[]", "{}", "9" * 24)
TOKEN = re.compile(r'-?\d+\.?\d*|[A-Za-z_]+|"[^"]*"')


@pytest.mark.parametrize(("name", "text"), samples.FILES.items(), ids=samples.FILES)
def test_a_file_cut_after_any_line_or_letter_is_told_with_a_line(tmp_path, name, text):
    (tmp_path / "hall.json").write_text(samples.HALL)
    file = tmp_path / name
    lines = text.splitlines(keepends=True)
    # a list with fewer orders or tours is one, too; elsewhere only the last line may be shorter and right
    needed = lines[:1] if name.endswith(".jsonl") else lines[:-1]
    assert all(refused(file, "".join(needed[:n])) for n in range(len(needed)))
    assert all(refused(file, text[:n]) for n in range(len("".join(needed)) - 1))


@pytest.mark.parametrize(("name", "text"), samples.FILES.items(), ids=samples.FILES)
def test_a_wrong_token_is_told_with_a_line_or_the_file_is_still_right(tmp_path, name, text):
    (tmp_path / "hall.json").write_text(samples.HALL)
    n_refused = 0
    for token in TOKEN.finditer(text):
        for junk in JUNK:
            n_refused += refused(tmp_path / name, text[: token.start()] + junk + text[token.end() :])
    assert n_refused > 100


@pytest.mark.parametrize("file", samples.SELECTION)
def test_a_wrong_token_or_end_in_a_table_of_a_selection_is_told_with_a_line(tmp_path, file):
    for name, text in samples.SELECTION.items():
        (tmp_path / name).write_text(text)
    text = samples.SELECTION[file]
    damaged = [text[: t.start()] + junk + text[t.end() :] for t in TOKEN.finditer(text) for junk in JUNK]
    assert sum(refused(tmp_path / file, one, tmp_path) for one in damaged) > 10
    assert all(refused(tmp_path / file, text[:n], tmp_path) for n in range(text.find("\n") + 1 or len(text)))


def test_vertices_beyond_what_arcs_can_join_are_refused_before_memory_is_taken(tmp_path):
    arcs = '{"id": "a", "layout": {"arcs": [[0, 99999999, 1.0], [99999999, 0, 1.0]], "start": 0}, "picks": [0]}'
    assert refused(tmp_path / "far.jsonl", arcs)


def test_a_file_of_windows_with_a_mark_at_its_beginning_is_read(tmp_path):
    (tmp_path / "hall.json").write_text(samples.HALL)
    for name, text in samples.FILES.items():
        (tmp_path / name).write_bytes("\ufeff".encode() + text.replace("\n", "\r\n").encode())
        assert not is_refused(tmp_path / name)


def test_a_list_whose_building_fills_thousands_of_letters_is_recognized(tmp_path):
    arcs = [[n, (n + 1) % 900, 1.0] for n in range(900)]
    head = f'{{"layout": {{"arcs": {arcs}, "start": 0}}, "capacity": {{"items": 2}}}}'
    (tmp_path / "large.jsonl").write_text(head + '\n{"id": "A", "picks": [5]}\n')
    assert len(head) > 8000
    assert format_of(tmp_path / "large.jsonl") == "order_list"


def refused(file, text, instance=None):
    file.write_text(text)
    return is_refused(instance or file)


def is_refused(path):
    """Whether a file is refused; each fault must have its line then, and nothing else may be raised."""
    try:
        form = format_of(path)
        {"josabp": read_selection, "routing_ref": read_tours}.get(form, read_batching)(path)
    except DataError as error:
        assert all(fault.line for fault in error.faults), str(error)
        return True
    return False
