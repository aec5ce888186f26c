"""Raw files in, sources out: formats, containers, archives, decoding. Nothing here judges a page."""
