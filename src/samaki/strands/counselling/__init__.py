"""Cases by code, and the group monthly report."""
