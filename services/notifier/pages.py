"""No page yet: the supervision board is drawn from the same clocks as `GET /v1/clocks`.

Until it is, supervisors read that route; what writers would receive stands on the gateway's page.
"""
