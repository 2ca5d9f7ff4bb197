"""Show the parts at http://127.0.0.1:8099/styleguide?roles=user,manager."""

import uvicorn

from web_service.tests.styleguide.app import create_app

if __name__ == "__main__":
    uvicorn.run(create_app(), port=8099, log_level="warning")
