"""Fuzz targets: one module per parser or state machine."""
