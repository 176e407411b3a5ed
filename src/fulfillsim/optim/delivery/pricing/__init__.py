"""Prices of insertions, compiled."""
