"""What admins do about users, and the log of it."""
