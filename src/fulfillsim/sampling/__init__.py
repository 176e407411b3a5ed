"""Chance with names: streams of uniforms, distributions as quantile functions, arrival processes."""
