"""Her side: files of the women’s services, under keys of their own. Nothing of it shows on his side."""
