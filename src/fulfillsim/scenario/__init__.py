"""Scenario files: their text, schema, checks, and what they become."""

from fulfillsim.scenario.load import Scenario, json_schema, load_scenario, scenario_from
from fulfillsim.scenario.shipped import shipped_scenarios
from fulfillsim.scenario.starter import starter_text

__all__ = ["Scenario", "json_schema", "load_scenario", "scenario_from", "shipped_scenarios", "starter_text"]
