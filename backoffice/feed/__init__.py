"""The feed: what a shop's tills consume, and how every change of it reaches them."""
