"""Tests of the check of an account."""
