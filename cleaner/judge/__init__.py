"""A table of lines in, a verdict, a role and a reason for each line out."""
