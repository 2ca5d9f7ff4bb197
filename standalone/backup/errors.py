"""Why there is no backup, or why one was not restored; each message is for the operator."""


class BackupFailed(Exception):
    """A backup was not made, or not restored and nothing was changed."""


class ArchiveRefused(BackupFailed):
    """This archive cannot be read: another passphrase, another program's, cut or altered."""
