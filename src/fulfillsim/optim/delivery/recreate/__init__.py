"""Removed stops brought back, compiled."""
