"""What is shown on a terminal while replications are being run."""

from fulfillsim.report import progress


def watched(first_look, monkeypatch, seconds_before=0.0):
    monkeypatch.setattr(progress, "SECONDS_BEFORE", seconds_before)
    bar = progress._Bar("replications", first_look)
    bar.look(lambda: "on_time_shipment 0.97", lambda: "the result so far")
    for done in (0, 1, 2, 3):
        bar(done, 3)
    bar.close()


def test_a_first_look_is_shown_once_while_the_rest_goes_on(monkeypatch, capsys):
    watched(lambda result: f"table of {result}", monkeypatch)
    told = capsys.readouterr()
    assert told.err.count("table of the result so far") == 1
    assert "A first look, after 1 of 3 replications" in told.err
    assert told.out == ""


def test_what_is_quick_shows_its_final_table_only(monkeypatch, capsys):
    watched(lambda result: f"table of {result}", monkeypatch, seconds_before=60.0)
    assert "table of" not in capsys.readouterr().err
