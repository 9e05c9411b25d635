"""The catalogue and its guidance norms as a printed book: what is in it, in which order, and what each page says."""
