"""Limits of actions, as admins see and set them. How they are counted stands in `webapp/limits.py`."""
