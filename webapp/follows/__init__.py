"""Follows: shows and threads that a viewer follows, what is new in them, and whom they block or mute."""
