"""Notifications: what a viewer is told, what they have read of it, and how they want it."""
