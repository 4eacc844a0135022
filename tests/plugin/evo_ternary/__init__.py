"""A library that adds to evo: an algorithm, a representation, a problem, a view, an environment."""

import gymnasium

import evo

evo.register("representation", "ternary", "evo_ternary.strings:TernaryStrings")
evo.register("problem", "all-twos", "evo_ternary.strings:Twos", length=12)
evo.register("algorithm", "steady", "evo_ternary.steady:Steady")
evo.register("view", "ternary", "evo_ternary.strings:draw")
gymnasium.register("Lever-v0", "evo_ternary.lever:Lever", max_episode_steps=5)
