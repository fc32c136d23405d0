"""Tests of ``helpers``."""
