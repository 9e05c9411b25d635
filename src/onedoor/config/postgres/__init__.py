"""Django's PostgreSQL back end with a health check that sends nothing."""
