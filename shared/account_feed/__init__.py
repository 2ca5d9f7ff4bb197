"""Accounts as auth's feed brings them to a service, in its own tables.

How a service uses it:

1. A table for the position: `class AccountPosition(FeedPosition)` with `Meta.table`, in its models.
2. `AccountFeedSettings` among the bases of its settings; `internal_secrets` in services.toml.
3. `async def apply(batch: Batch) -> None`, which writes a batch into its tables. It runs in the
   transaction that moves the position, may see an account again, and erases what the copy that
   `batch.completes_copy` did not bring (rows whose `copy_number` is another).
4. `feed = AccountFeed(settings, AccountPosition, apply)`, and `feed.running()` inside `connected()`
   in each process; one of them reads, the others know how far it is.
5. `feed.is_current(max_age)` before what needs it; `feed.show(metrics)` for the alert.
"""
