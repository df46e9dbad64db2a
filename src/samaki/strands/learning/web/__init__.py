"""The pages of learning, by subject."""
