"""Messages: what is written in conversations, images of it, and how it is taken."""
