"""A table of lines in, a verdict, a role and a reason for each line out.

    verdicts.judge_lines   what each line is by itself and in its place: cues that match, the model's probability
    verdicts.decide        what becomes of it in the light of the whole page: the cut, lists after lead-ins, copies
"""
