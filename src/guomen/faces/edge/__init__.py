"""The public scan path: every GS1 Digital Link of this host, led to where it should go. Thin and fast."""
