"""Who holds each letter, what state is it in, and by when must it be answered?"""
