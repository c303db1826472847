"""The example shop: catalogue, pictures and the scripts that drew them."""
