"""Iterated local search over strings, compiled."""
