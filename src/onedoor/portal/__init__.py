"""The citizens' front: frame, home page, pages of their own. Composition only."""
