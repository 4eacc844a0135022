"""Virtual creatures in real physics: bodies, worlds, and what happens in them.

A body is a tree of parts with joints (`body.Body`). It is put into a world, moves by what its
actuators are told, and senses. Physics is MuJoCo (extra `creatures`).

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994; the same, Evolving 3D Morphology and
Behavior by Competition, Artificial Life IV, 1994.
"""
