"""Tests of the whole integration."""
