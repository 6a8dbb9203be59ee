"""Wikis' pages about people."""
