"""Readers for the layouts in which shops and research datasets publish products and sessions."""
