"""What is counted is shown, with each outcome from the start."""

from shared.telemetry.metrics import Metrics
from shared.telemetry.tally import Tally


def test_each_outcome_is_shown_before_it_happens_and_counted_when_it_does() -> None:
    orders = Tally("vitrina_things", "Things.", "made", "lost")
    metrics = Metrics()
    orders.show(metrics)
    orders.count("made")
    orders.count("made", times=2)

    values = [
        metrics.registry.get_sample_value("vitrina_things_total", {"outcome": outcome})
        for outcome in ("made", "lost")
    ]
    assert (values, orders["made"]) == ([3, 0], 3)


def test_a_tally_without_outcomes_is_one_number() -> None:
    made = Tally("vitrina_things", "Things.")
    metrics = Metrics()
    made.show(metrics)
    made.count()

    assert metrics.registry.get_sample_value("vitrina_things_total") == 1
