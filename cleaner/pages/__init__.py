"""Sources in, a table of lines out: HTML cut into blocks, text told into paragraphs and unwrapped."""
