"""The sample city, built through the acts like any user would, and marked as a sample on every page."""
