"""Files that people edit become one generation."""
