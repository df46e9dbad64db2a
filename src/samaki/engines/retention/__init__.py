"""What must go after its time: the plan, the run and its receipts."""
