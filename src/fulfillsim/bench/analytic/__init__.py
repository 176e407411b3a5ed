"""Exact models, run by the engine that runs warehouses, and compared with their exact values.

A file per family says how a textbook model is expressed as a `World` and how its figure is read off the trace;
`registry` lists them all, `measures` judges, `study` runs. No model has a simulator of its own here.
"""
