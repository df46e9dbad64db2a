"""The field pages: an app for cheap phones that records without a network and sends when there is one."""
