"""Merging of batches by savings."""
