"""How long and how many: what the tables, the schemas and the files of an import share."""

EMAIL_LENGTH = 254
FULL_NAME_LENGTH = 200
SEARCHABLE_LENGTH = 400
COMMENT_LENGTH = 1000
NAME_LENGTH = 200
"""Characters of the name of a list or a mailing."""
MAX_FIELDS = 10
FIELD_NAME_LENGTH = 40
FIELD_VALUE_LENGTH = 100
SUBJECT_LENGTH = 300
PREHEADER_LENGTH = 200
BODY_LENGTH = 32 * 1024
"""Characters of a body; what takes longest to read as Markdown takes a second at this length."""
TITLE_LENGTH = 200
"""Characters of the title of an article."""
SLUG_LENGTH = 100
EXCERPT_LENGTH = 500
COVER_LENGTH = 64
"""Characters of the name of a picture."""
COVER_ALT_LENGTH = 300
REASON_LENGTH = 1000
RESPONSE_LENGTH = 500
"""Characters that are kept of a mail server's response."""
