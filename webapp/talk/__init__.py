"""What threads, posts and their events share: who sees what of them, who may take part, and how they look."""
