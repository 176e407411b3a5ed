"""Proves which partition of listed batches is shortest: branching on what is common to many batches."""
