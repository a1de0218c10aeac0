"""Whose time is up, and who must be told?"""
