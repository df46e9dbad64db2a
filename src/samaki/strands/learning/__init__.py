"""Learning: what people do with what they learned. So far its follow-up; curricula and series come with their own."""
