"""IMDb's GraphQL endpoint, the first of its layers."""
