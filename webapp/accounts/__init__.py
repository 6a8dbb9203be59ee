"""The built-in issuer: accounts with an e-mail address and a password, and the sessions that are begun with them."""
