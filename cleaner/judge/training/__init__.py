"""How the judge is made and measured: labelled pages in, models and scores out. Nothing here is needed to clean."""
