"""The reader that has learned pages: it takes the place of the rules of :mod:`agents.screen_reader` once it reads more rightly than they do."""
