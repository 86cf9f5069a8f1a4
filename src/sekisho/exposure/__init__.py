"""What a change of the law does to a supply network: how long sites last, and what it costs."""
