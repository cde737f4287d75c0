"""HTTP: the only rooms that turn a request into a question and a decision into an answer."""
