"""Who a request comes from: tokens, the issuers that are believed, and what a viewer may do."""
