"""One's own account: who I am here, my passkeys, my organisation's API tokens."""
