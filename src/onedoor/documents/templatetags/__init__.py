"""Tags that other rooms' pages use."""
