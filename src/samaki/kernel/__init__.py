"""What everything stands on; knows nobody above."""
