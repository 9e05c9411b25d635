"""The acts of casework, by moment of the application's life: drafts, intake, review, handover, clock."""
