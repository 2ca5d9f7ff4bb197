"""Run the gateway: `python -m gateway`."""

from gateway import worker
from gateway.server.protocol import GatewayProtocol
from gateway.settings import GatewaySettings
from gateway.supervisor import supervise
from shared.serve import serve
from shared.settings import load


def main() -> None:
    """Serve, alone or as one of several, or look after those."""
    settings = load(GatewaySettings)
    port = worker.port()
    if port is None and settings.workers > 1:
        raise SystemExit(supervise(settings))
    http = GatewayProtocol.within(settings.head_timeout, settings.client_timeout)
    serve("gateway.reload:create_app", settings, http=http, listener=port)


if __name__ == "__main__":
    main()
