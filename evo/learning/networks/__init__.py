"""Networks as rules see them: torch modules, traced to steps that each know their way back."""
