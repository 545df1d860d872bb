"""The processes that evaluate queries, and the pool that starts, watches and ends them.

Apart from `serve`, so that such a process imports neither Flask nor the pages: it starts in half
the time, holds half the memory, and depends on nothing it does not use.
"""
