"""The kinds of runs: one room each, with the object that `evo.kind.KINDS` names."""
