"""Images of anything in the catalogue."""
