"""The start page: what is guarded here, and where to go on."""
