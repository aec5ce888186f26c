"""Places at URLs, which fsspec reaches: what is asked of them alike, whether one reads, works or releases there."""
