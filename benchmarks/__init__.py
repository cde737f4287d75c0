"""What Scopegate costs, beside peers and on large documents: programs that measure, and tell."""
