"""How the pictures of the example shop are drawn."""
