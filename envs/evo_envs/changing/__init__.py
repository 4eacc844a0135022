"""Tasks for networks that learn while they act.

What is right in them changes within an episode, or can be made to change (`problem.change`).
"""
