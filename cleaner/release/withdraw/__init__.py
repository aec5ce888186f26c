"""Documents are taken out of every version of a dataset, for good."""
