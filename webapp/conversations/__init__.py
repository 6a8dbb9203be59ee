"""Conversations: of two or of a group, who is in them, how far each has read."""
