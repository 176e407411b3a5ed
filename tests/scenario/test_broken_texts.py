"""Each text in ``broken/`` is refused with exactly the message that stands in ``broken/expected.txt``."""

from pathlib import Path

import pytest
import yaml

from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario import load_scenario
from fulfillsim.scenario.overlay import read_layers, stack

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(file.name for file in BROKEN.glob("*.yaml"))


def expected() -> dict[str, list[str]]:
    """Lines of expected.txt, by the name of the file that a line of its own names before them."""
    messages: dict[str, list[str]] = {}
    for line in (BROKEN / "expected.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            current = messages.setdefault(line[3:], [])
        elif line:
            current.append(line)
    return messages


def message(name: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        faults: list[Fault] = []
        stack(read_layers(BROKEN / name, {"baseline": BROKEN / "baseline.yml"}), faults)
        raise ScenarioError(faults)
    return str(caught.value).replace(f"{BROKEN}/", "").replace(str(BROKEN), "FOLDER").splitlines()


def test_every_broken_text_has_its_message_and_every_message_its_text() -> None:
    assert sorted(expected()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_broken_text_is_refused_with_its_message(name: str) -> None:
    assert message(name) == expected()[name]


@pytest.mark.parametrize("name", [name for name in FILES if name != "bad_escape.yaml"])
def test_pyyaml_without_libyaml_says_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert message(name) == expected()[name]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.yaml: there is no such file"):
        read_layers(tmp_path / "none.yaml")


def test_a_file_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_bytes(b"a: 1\n" * 2_000_000)
    with pytest.raises(ScenarioError, match="larger than 8 MB - put long tables into CSV"):
        read_layers(tmp_path / "large.yaml")


def test_faults_of_a_text_that_can_be_read_stand_beside_those_of_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "below.yaml").write_text("days: .nan\ndays: 3\nname: *nobody\n")
    (tmp_path / "top.yaml").write_text("extends: below.yaml\nschema: 1\nzone: Europe/Berln\nstart: {}\nstart: {}\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "top.yaml")
    told = [(Path(fault.file).name, fault.line, fault.path) for fault in caught.value.faults]
    assert told == [
        ("below.yaml", 1, "days"),
        ("below.yaml", 2, "days"),
        ("below.yaml", 3, "name"),
        ("top.yaml", 1, "demand"),
        ("top.yaml", 3, "zone"),
        ("top.yaml", 4, "start"),
        ("top.yaml", 5, "start"),
    ]


def test_faults_of_a_text_are_told_with_those_of_settings_that_cannot_be_laid_on_it(tmp_path: Path) -> None:
    (tmp_path / "twice.yaml").write_text("name: a\nname: b\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "twice.yaml", ["=3"])
    assert [fault.line for fault in caught.value.faults] == [None, 2]
