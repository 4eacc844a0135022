"""Gymnasium's classic control tasks, compiled.

Each file repeats the arithmetic of its original operation for operation, in the same order and the
same precision, so that states, rewards and observations are equal to the last bit.

Source: Gymnasium 1.4, `gymnasium/envs/classic_control`.
"""
