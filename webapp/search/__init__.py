"""Finding things: by words, by slug, by the id that somebody else has for them."""
