"""What a run tells a person: the one report that owns counts, wording and exit code, and the live progress."""
