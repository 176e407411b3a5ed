import pytest

from fulfillsim.errors import InputError, RunDirectoryError, UnknownNameError
from fulfillsim.experiment import compare, find_threshold, simulate
from fulfillsim.experiment.verifying import verify


def again(fake, folder, scenario=None, **options):
    by_file = {"": scenario or fake.Scenario()}

    def load(file):
        return next(s for name, s in reversed(by_file.items()) if name in str(file))

    by_file |= options.pop("scenarios", {})
    return verify(folder, replicate=options.pop("replicate", fake.replicate), load=load, **options)


def test_figures_of_a_run_are_the_same_to_the_last_bit(fake, tmp_path):
    simulate(fake.Scenario(), 4, seed=3, jobs=1, out=tmp_path, replicate=fake.replicate, by=["day"])
    found = again(fake, tmp_path, replications=None)
    assert found.replications == {"fake": (0, 1, 2, 3)}
    assert found.sentence() == "4 replications run again: all 16 figures are the same to the last bit"
    one = again(fake, tmp_path, replications=[2], kpis=["level"])
    assert one.to_frame()["cut"].tolist() == ["", "half=1", "half=2"]


def test_a_figure_that_was_changed_by_its_last_bit_is_found(fake, tmp_path):
    simulate(fake.Scenario(), 2, seed=3, jobs=1, out=tmp_path, replicate=fake.replicate)
    (file,) = (tmp_path / "records").glob("000001*")
    text = file.read_text()
    number = text.partition('["level", ')[2].partition(",")[0]
    file.write_text(text.replace(number, number[:-1] + ("1" if number[-1] != "1" else "2")))
    found = again(fake, tmp_path, replications=None)
    assert [(figure.replication, figure.kpi) for figure in found.differing] == [(1, "level")]
    assert found.sentence() == "2 replications run again: 1 of 4 figures differ"


def test_alternatives_of_a_comparison_and_settings_of_a_threshold_are_verified(fake, tmp_path):
    pair = {"today": fake.Scenario("today"), "more": fake.Scenario("more", effect=2.0)}
    compare(pair, replications=3, seed=3, jobs=1, kpis=["throughput"], out=tmp_path / "study", replicate=fake.measured)
    asked = {"replicate": fake.measured, "scenarios": {"01-today": pair["today"], "02-more": pair["more"]}}
    found = again(fake, tmp_path / "study", replications=[0, 2], **asked)
    assert found.replications == {"today": (0, 2), "more": (0, 2)}
    assert not found.differing
    assert set(again(fake, tmp_path / "study", alternatives=["more"], **asked).replications) == {"more"}
    asked = {"seed": 3, "jobs": 1, "replicate": fake.measured, "out": tmp_path / "search", "replications": 3}
    find_threshold(fake.Scenario(), "demand.factor", 0, 2, ["throughput<=106"], **asked)
    settings = {f"factor={n}/": fake.Scenario().vary({"demand.factor": n}) for n in (0, 1, 2)}
    found = again(fake, tmp_path / "search", scenarios=settings, replicate=fake.measured)
    assert "factor=0" in found.replications
    assert not found.differing


def test_what_is_not_there_or_is_not_what_it_was_is_refused(fake, tmp_path):
    simulate(fake.Scenario(), 2, jobs=1, out=tmp_path / "run", replicate=fake.replicate)
    with pytest.raises(RunDirectoryError, match="--files"):
        again(fake, tmp_path / "run", fake.Scenario("another"))
    with pytest.raises(UnknownNameError, match="'7'"):
        again(fake, tmp_path / "run", replications=[7])
    with pytest.raises(UnknownNameError, match="did you mean 'fake'"):
        again(fake, tmp_path / "run", alternatives=["fak"])
    with pytest.raises(UnknownNameError, match="did you mean 'level'"):
        again(fake, tmp_path / "run", kpis=["levle"])
    with pytest.raises(RunDirectoryError, match="holds no run"):
        verify(tmp_path)
    with pytest.raises(InputError, match="0,3-5"):
        from fulfillsim.experiment.verifying import parse_replications

        parse_replications("first")


def test_other_versions_are_named(fake, tmp_path, monkeypatch):
    simulate(fake.Scenario(), 1, jobs=1, out=tmp_path, replicate=fake.replicate)
    monkeypatch.setattr("fulfillsim.experiment.verifying.surroundings", lambda: {"numpy": "0.1"})
    assert any("here 0.1" in note for note in again(fake, tmp_path).notes)
