"""What managers see of everybody's mailings, and decide about them."""
