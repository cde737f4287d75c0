"""The editor as a page: the document as it is typed, what it would mean, and how it is saved."""
