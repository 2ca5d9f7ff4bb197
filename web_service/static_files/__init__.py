"""What every page loads: one style sheet, one script, the icon, from memory and for a year."""

from web_service.static_files.bundle import read_files
from web_service.static_files.files import StaticFiles
from web_service.static_files.routes import static_routes

__all__ = ["StaticFiles", "read_files", "static_routes"]
