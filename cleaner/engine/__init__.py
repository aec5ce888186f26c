"""How the work is run: which files need work, in which tasks, in which processes, and what is already done."""
