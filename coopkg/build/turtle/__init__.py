"""Turtle and TriG as people write them: words, places, mistakes.

`words` cuts a text into words, `lines` says where each triple stands, `mistakes` says why a text
cannot be read. What a file *holds* is the parser's business (pyoxigraph), never ours.
"""
