"""The audit trail: who did what to which record, and why; hash-chained so that an edit shows."""
