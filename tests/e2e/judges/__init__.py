"""OAuth clients and a browser that no one here wrote, run against a live server."""
