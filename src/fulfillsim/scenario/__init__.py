"""Scenario files: their text, schema, checks, and what they become."""
