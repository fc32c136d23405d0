"""Tests of ``conversations``."""
