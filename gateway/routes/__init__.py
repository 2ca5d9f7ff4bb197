"""The route table: one module for each service, found by `gateway.route_table`."""
