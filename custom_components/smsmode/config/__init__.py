"""Configuration of an account: options, recipients, numbers, quiet hours, commands, watchdogs and YAML."""
