"""The roof: settings, addresses, processes, the command line, the embedded database."""
