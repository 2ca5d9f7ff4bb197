"""Where Tortoise finds this service's models."""

APP = "auth"
MODELS = ["auth_service.models"]
