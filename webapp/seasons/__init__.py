"""The seasons of a show and their episodes."""
