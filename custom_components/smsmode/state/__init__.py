"""State of an account: pure state machines, their records, the database and the store."""
