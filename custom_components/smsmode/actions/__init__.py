"""Actions: one module per family."""
