"""Determination: which licence an order line needs, by ordered steps over the law of its day."""
