"""Threads: what is discussed about a show, a season or an episode."""
