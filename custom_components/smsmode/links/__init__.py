"""Pages behind the links in SMS: what a person without a login reads and presses."""
