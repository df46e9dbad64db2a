"""A programme's report of a period, as a page to print and as a workbook."""
