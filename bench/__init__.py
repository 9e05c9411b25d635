"""Measures OneDoor beside the floor: what PostgreSQL alone does with the same rows."""
