"""How the work is run: tasks, supervised workers, part files, and the ledger of what is done."""
