"""The command line, run inside this process."""
