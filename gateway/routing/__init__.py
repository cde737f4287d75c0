"""From the raw bytes of a path to one operation: semantics, section 2."""
