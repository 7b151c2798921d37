"""Reads shop pages from pixels: text lines, blocks, product tiles, facts."""
