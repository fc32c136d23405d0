"""Tests of the blueprints and dashboards."""
