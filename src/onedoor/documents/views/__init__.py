"""Pages of this room: opening files and papers, and verifying papers."""
