"""Who places orders: the names that auth's feed of accounts brings."""
