"""The keys that seal: one ring for names, one for his files, one for her side. None of them is in the database."""
