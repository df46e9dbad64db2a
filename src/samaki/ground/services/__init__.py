"""Services people can be sent to: what they give, when, and when that was last verified."""
