"""Posts: what is said in threads, answers to it, and reactions."""
