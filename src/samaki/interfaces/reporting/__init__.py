"""The monthly report, filled in from the records, and the queue of who checks it."""
