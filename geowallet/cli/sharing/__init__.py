"""Commands of the owner about contracts and what leaves by them."""
