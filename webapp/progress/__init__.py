"""Progress: how far a viewer has watched each show."""
