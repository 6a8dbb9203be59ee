"""Staying in step with the catalogue without asking for everything: what changed, how fresh it is, all of it at once."""
