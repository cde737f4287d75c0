"""Requests: from the bytes of one operation's request to checked arguments, or to what is wrong."""
