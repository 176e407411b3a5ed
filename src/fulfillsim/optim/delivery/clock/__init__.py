"""Clocks of single routes, compiled."""
