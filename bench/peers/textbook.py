"""The gateway of the tutorials: FastAPI, a dependency that decodes, an httpx client."""

from bench.peers.installing import python_environment
from bench.peers.testbed import Launch, Recipe, Testbed

PACKAGES = (
    "fastapi==0.165.0",
    "uvicorn==0.54.0",
    "uvloop==0.23.0",
    "httptools==0.9.0",
    "pyjwt[crypto]==2.15.1",
    "httpx==0.28.1",
    "httpx2==2.16.2",
)


def textbook(client: str) -> Recipe:
    """Return how to start it with `httpx` or `httpx2`."""

    def launch(testbed: Testbed, port: int) -> Launch:
        python = python_environment("textbook", PACKAGES) / "python"
        command = [str(python), "-m", "uvicorn", "bench.peers.textbook_app:app"]
        command += ["--no-access-log", "--log-level", "warning", "--port", str(port)]
        environment = {
            "BENCH_CLIENT": client,
            "BENCH_UPSTREAM": testbed.service,
            "BENCH_PUBLIC_KEY": str(testbed.pem),
        }
        return Launch(command, environment)

    return launch
