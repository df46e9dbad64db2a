"""Whether a person is cleared to do trusted work, and until when. Vetting writes it; others read it."""
