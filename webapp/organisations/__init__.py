"""Networks, production companies and watch providers."""
