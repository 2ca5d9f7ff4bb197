"""Templates of Jinja2, made into pages."""
