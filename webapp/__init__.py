"""How data gets out: the Flask app, one package per resource, each with `routes`, `schemas` and `service`."""
