"""Rules that need nothing but their arguments: no database, no network, no clock of their own."""
