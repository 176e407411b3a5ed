"""Decisions on one instance: pure functions, instance in, plan out. Knows no clock and no files."""
