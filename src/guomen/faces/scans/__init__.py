"""Where item codes are checked, and alarms about copies: for firms about their goods, for the authority about all."""
