"""What is true whoever asks: refusals, numbers, working days, clocks. Pure: stdlib only.

Nothing here reads a clock, a file, a network or a source of chance; all of that is handed in.
"""
