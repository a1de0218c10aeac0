"""Simulated bureaus: they accept letters and answer them, for demos and trials.

`python -m clients.bureau.simulate` plays all of them over Kafka, and knows nothing but what a
bureau knows. Letters whose subject starts with `[手动]` are left to a person.
"""
