"""What the catalog service does for people, in numbers."""

from typing import Final

from shared.telemetry.tally import Tally

ORDERS: Final = Tally(
    "vitrina_orders", "Orders by what became of them.", "placed", "paid", "cancelled"
)
