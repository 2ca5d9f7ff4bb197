"""The one layout of all emails: made from MJML, committed as compiled."""
