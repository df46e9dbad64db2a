"""Results of a programme, one indicator, and the rows behind every number of them."""
