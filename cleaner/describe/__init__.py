"""A judged page in, its metadata out: title, authors, dates, publisher, language, each with where it came from."""
