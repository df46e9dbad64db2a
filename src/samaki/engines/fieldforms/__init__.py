"""Forms filled in the field: definitions and their versions, what phones sent, and how it becomes records."""
