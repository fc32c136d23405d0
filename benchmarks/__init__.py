"""Measurements: what the house withstands, and what it costs."""
