"""``make demo``: fill the system that runs here with things for a first look."""

import secrets
import sys

from dotenv import load_dotenv

from standalone import guide, running
from standalone.demo import articles, mailings, people, shop
from standalone.demo.client import Client, DemoFailed
from standalone.readiness import is_ready
from standalone.settings import ROOT, StandaloneSettings, load


def main() -> int:
    """Fill it; 0, or 1 and a sentence where no system runs here or somebody uses it already."""
    load_dotenv(ROOT / ".env")
    settings = load()
    found = running.find(settings)
    if found is None or found.what != running.RUN:
        print(f"Vitrina does not run in {guide.shown(settings.data_folder)}: make run starts it.")
        return 1
    actual = found.settings(settings)
    if not is_ready(actual):
        print("Vitrina is not ready yet: try again in a moment.")
        return 1
    try:
        return fill(actual)
    except DemoFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1


def fill(settings: StandaloneSettings) -> int:
    """Fill a system without people; raises DemoFailed."""
    if people.has_people(settings):
        print("People have registered here, and nothing is invented beside them.")
        print("For a demo use a folder of its own: VITRINA_DATA=.vitrina-demo make run")
        return 1
    password = f"Demo!{secrets.token_urlsafe(9)}"
    with Client(settings.url("gateway")) as client:
        print("One person of each role …", flush=True)
        people.register_all(client, settings, password)
        print("Orders …", flush=True)
        shop.order(client)
        print("Articles …", flush=True)
        articles.write(client)
        print("Recipients and mailings …", flush=True)
        mailings.send(client)
    print(f"\nOpen {settings.issuer} and sign in, with the password {password}, as:\n")
    for member in people.PEOPLE:
        print(f"  {member.role:<14}{member.email:<20}{member.full_name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
