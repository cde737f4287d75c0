"""The database: an engine, and one file of questions and changes for each kind of thing."""
