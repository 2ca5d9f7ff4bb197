"""Whether each service can do its work, for administrators: asked all together, for two seconds."""
