"""`/admin/`: what staff see and change of users, groups, clients, grants and music."""
