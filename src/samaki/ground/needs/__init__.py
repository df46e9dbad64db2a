"""What a community or partner asks to learn. Dialogue hears it and learning answers it, so it stands on the ground."""
