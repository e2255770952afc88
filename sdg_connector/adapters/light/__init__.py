"""The caches that an eIDAS-Node shares with the national part beside it."""
