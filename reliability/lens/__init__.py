"""Lens: a camera that shows the same picture each time it is asked."""
