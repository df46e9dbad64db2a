"""Who leaves, and what must go after its time: consents taken back, the plan of what goes, and its receipts."""
