"""What large documents cost: a generator of them, and programs that measure."""
