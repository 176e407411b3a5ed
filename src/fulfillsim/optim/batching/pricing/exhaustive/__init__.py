"""Pricing that misses no column."""
