"""Pages about the phones somebody sends with: add one, see when each was last used, close one."""
