"""Every part of the pages on one page: `python -m web_service.tests.styleguide` serves it."""
