"""Tasks of virtual creatures: walk, swim, jump, follow a light, win a cube from a rival."""
