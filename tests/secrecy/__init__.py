"""Does what people write and who they are stay in its envelopes? Seeded, lived through, searched.

A stack of real processes lives through a story whose people and words are invented and unique;
then everything that it wrote, said or showed is searched for them in every form. [docs/secrecy.md]
says where they may be. `python -m tests.secrecy` searches anything else for seeds of one's own.
"""
