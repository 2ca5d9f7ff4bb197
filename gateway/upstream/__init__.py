"""The services' side of HTTP/1.1: connection pools, circuit breakers, retries and queues."""
