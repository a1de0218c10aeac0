"""What the client keeps: holdings, unanswered actions, records out of order."""
