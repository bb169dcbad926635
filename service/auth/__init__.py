"""Who may do what: roles and rights, accounts, sessions. Deny by default."""
