"""The outbox as admins see it: how work stands, what was given up, and another try."""
