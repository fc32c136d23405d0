"""Benchmarks: what the integration costs."""
