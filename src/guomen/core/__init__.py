"""Pure knowledge: no framework, no database, no clock, no network."""
