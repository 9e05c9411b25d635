"""OneDoor: walk through one door, get everything done."""
