"""Grounding: what a draft of a reply claims is held against the records that tools returned.

``records`` says what the records of a conversation back, ``quantities`` reads figures from a sentence, ``subjects``
tells which products it is about, the ``*_claims`` modules each look for one kind of claim, and ``check`` goes through
a draft sentence by sentence.
"""
