"""The commands of the command line, by what they are about; `cleaner/cli.py` lists them."""
