"""Two versions in, what differs between them and why out."""
