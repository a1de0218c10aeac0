"""Background repair: resend unsent events, recover gaps, rotate keys, erase words."""
