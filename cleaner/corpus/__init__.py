"""What only the whole corpus knows: duplicates, and lines that recur across a site."""
