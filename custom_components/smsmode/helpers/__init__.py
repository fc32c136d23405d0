"""Helpers that know neither SMS nor accounts."""
