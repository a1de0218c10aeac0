"""Simulated bureaus: they accept and answer letters, for demos and trials.

`python -m clients.bureau.simulate` runs all of them over Kafka, with a bureau's rights alone.
Letters whose subject starts with `[手动]` are left to a person.
"""
