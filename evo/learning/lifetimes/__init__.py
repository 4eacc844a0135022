"""How whole populations learn before they are scored."""
