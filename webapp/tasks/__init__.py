"""Work that follows a commit: one handler per topic of the outbox, called by `webapp.worker`."""
