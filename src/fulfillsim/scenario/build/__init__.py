"""From checked settings to the operation that the simulation runs on, one file per section."""

from fulfillsim.scenario.build.world import build_world

__all__ = ["build_world"]
