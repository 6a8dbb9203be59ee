"""How data gets in: Prefect flows, one stage per module, over the upstream clients in `sources`."""
