"""People counted once across organisations: who agreed is compared in memory, a steward decides and sees masks."""
