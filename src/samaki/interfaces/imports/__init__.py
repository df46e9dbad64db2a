"""Workbooks that come in: checked whole, kept whole or not at all."""
