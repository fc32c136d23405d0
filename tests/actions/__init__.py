"""Tests of ``actions``."""
