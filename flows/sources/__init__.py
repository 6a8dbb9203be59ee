"""Clients of the upstreams. They ask and they parse; what becomes of an answer is no concern of theirs."""
