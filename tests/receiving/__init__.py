"""Tests of ``receiving``."""
