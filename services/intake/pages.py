"""The citizen's pages.

None yet: the provincial web frontend posts to the API and shows what it reads there.
"""
