"""Moderation: reports and their queue, hiding, locking, pinning, warnings, bans, filtered words."""
