"""Tests of ``watchdog``."""
