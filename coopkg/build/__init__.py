"""Files that people edit become one generation: `pipeline` is the way through, on one screen."""
