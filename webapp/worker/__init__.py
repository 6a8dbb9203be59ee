"""The worker: does what the outbox holds. `python -m webapp.worker`, as many as there is work for, on any machine."""
