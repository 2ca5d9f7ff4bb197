"""Messages: a subject and a body in Markdown, with fields that each recipient's values fill."""
