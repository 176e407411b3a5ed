"""Descent among near neighbors through plans that may break rules, compiled."""
