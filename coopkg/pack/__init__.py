"""The sealed offline pack: one zip with every question answered, that opens from a USB stick.

    >>> making.make(settings, Path("pack.zip"), progress)  # doctest: +SKIP

The real pages are asked of the application in process; their links, forms and scripts are written
again so that they work from files. Nothing is asked of a network.
"""
