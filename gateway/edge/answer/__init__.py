"""What handlers answer, held against the document."""
