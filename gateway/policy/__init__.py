"""Who may call what: the frozen policy, the decision, and what can be said about both."""
