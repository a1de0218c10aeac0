"""The facts that the product runs on, as files. README.md says where each comes from.

There is no code here: shared/platform/runtime/data_files.py reads them, shared/kernel gives them
meaning.
"""
