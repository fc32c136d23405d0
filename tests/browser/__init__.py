"""Stories that are tried in a real browser, against a real Home Assistant and the emulated gateway."""
