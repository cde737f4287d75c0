"""A report in words: for people, for programs, for GitHub."""
