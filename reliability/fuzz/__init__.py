"""Fuzzing: each parser of foreign text, as a function of bytes that asserts its invariants."""
