"""Documents in, an immutable version of the dataset out: shards, manifest, card, changelog."""
