"""Who belongs to a show."""
