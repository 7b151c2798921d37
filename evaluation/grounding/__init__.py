"""Measures the check of replies on drafts that other people wrote."""
