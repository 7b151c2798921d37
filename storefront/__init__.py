"""A shop on localhost that serves any catalog; its generated sample catalog and simulated shoppers."""
