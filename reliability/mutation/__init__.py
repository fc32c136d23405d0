"""Mutation tests: mutmut in a copy of the tree."""
