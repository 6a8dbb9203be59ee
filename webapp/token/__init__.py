"""Tokens for people at a shell: `python -m webapp.token`."""
