"""Tests of ``flows``."""
