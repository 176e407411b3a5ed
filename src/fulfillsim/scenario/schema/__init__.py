"""What a scenario file may say, section by section: fields, units, defaults. What they mean together: ``checks``."""

from fulfillsim.scenario.schema.root import Settings

__all__ = ["Settings"]
