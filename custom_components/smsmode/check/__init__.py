"""Check of an account: it proves with the person's own account what the vendor's document leaves open."""
