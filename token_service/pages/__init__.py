"""What people see of the token service: server-rendered pages that need no script."""
