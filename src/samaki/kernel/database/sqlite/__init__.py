"""Django's SQLite backend with writers in one fair queue."""
