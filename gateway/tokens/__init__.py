"""From a request's headers to proven credentials: what is presented, and whether it is valid."""
