"""The rows of the table: each module is a program that measures one thing and tells its rows."""
