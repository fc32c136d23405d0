"""Tests of ``sending``."""
