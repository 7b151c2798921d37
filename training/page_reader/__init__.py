"""Trains the page model of the screen reader on pages that are made up, rendered and read.

``python -m training.page_reader --help`` shows the command; ``docs/page-model.md`` is the model's card.
"""
