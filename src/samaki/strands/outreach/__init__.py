"""Campaigns and contacts by channel."""
