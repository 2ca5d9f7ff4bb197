"""Run the gateway: `python -m gateway`."""

from gateway.protocol import GatewayProtocol
from gateway.settings import GatewaySettings
from shared.serve import serve
from shared.settings import load

if __name__ == "__main__":
    settings = load(GatewaySettings)
    serve("gateway.main:create_app", settings, http=GatewayProtocol.within(settings.head_timeout))
