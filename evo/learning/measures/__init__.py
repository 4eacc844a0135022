"""How close a rule comes to backpropagation, measured on a probe batch."""
