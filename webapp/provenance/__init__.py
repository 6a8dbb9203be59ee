"""Whose word is shown: provenance of people and shows."""
