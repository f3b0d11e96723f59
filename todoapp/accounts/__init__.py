"""Accounts (the tenants), their members in four roles, and invitations."""
