"""The harness: any solver, any instance, one record per run, measured by our own evaluators.

It knows suites (`fulfillsim.bench.suites`) by the protocol in `suite` only, and none of their problems.
"""
