"""Wikidata: what it says of people and shows, by id and never by name. Its data is in the public domain (CC0)."""
