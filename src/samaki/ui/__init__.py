"""Base templates, components, charts, static files."""
