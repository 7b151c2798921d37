"""Measurements of quality: reading, recommending, conversing."""
