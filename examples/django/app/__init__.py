"""Weir Rowing Club: a Django site whose members find a support chat that knows them."""
