"""The document as it is handed out: to whom, and how much of it."""
