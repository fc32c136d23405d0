"""Tests of ``state``."""
