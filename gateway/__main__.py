"""Run the gateway: `python -m gateway`."""

from gateway.server.protocol import GatewayProtocol
from gateway.settings import GatewaySettings
from shared.http.serve import serve
from shared.settings import load


def main() -> None:
    """Serve until SIGTERM."""
    settings = load(GatewaySettings)
    http = GatewayProtocol.within(settings.head_timeout, settings.client_timeout)
    serve("gateway.main:create_app", settings, http=http)


if __name__ == "__main__":
    main()
