"""Tables whose rows become settings of the scenario, one file for each kind of sheet."""

from fulfillsim.scenario.sheets.below import Below, tables_below, without, without_tables

__all__ = ["Below", "tables_below", "without", "without_tables"]
