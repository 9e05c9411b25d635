"""The staff's front: frame, home page, keys. Composition only."""
