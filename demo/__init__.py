"""The demo: a real Home Assistant, the gateway across the street, and a story that is checked as it is told."""
