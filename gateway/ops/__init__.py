"""Running it: the console, and later audit, metrics and reload."""
