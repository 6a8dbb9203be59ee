"""Shows: the list, one with all its details, and its images."""
