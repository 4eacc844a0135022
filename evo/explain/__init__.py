"""What evo says of its names: a page for each, made of what the code says.

A chapter holds the pages of one kind of name (`evo.explain.chapter`); `evo.explain.library` has
them all and finds a page by its name. Sentences are read from docstrings in source files, so that a
list imports nothing; a page imports what it is about, for the settings.
"""
