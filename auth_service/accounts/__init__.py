"""What every feature does with an account: find, lock, confirm, archive it, end its sessions."""
