"""HTTP API of the notifier: running clocks and messages that were given up, for supervisors."""

from services.notifier.api.running_clocks import Board, router

__all__ = ["Board", "router"]
