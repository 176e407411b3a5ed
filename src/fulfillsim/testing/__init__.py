"""Worlds, references and contracts for tests and benchmarks. May see every room; only tests and benchmarks see it."""
