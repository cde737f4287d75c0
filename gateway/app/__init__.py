"""The roof: the only room that knows the gateway, the token service and the handlers."""
