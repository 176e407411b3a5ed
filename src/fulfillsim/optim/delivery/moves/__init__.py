"""Moves of a local search between and inside routes, compiled."""
