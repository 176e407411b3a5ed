"""Ruin and recreate step by step, compiled."""
