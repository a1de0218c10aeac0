"""Does the cluster let in exactly those whom the contract names, and no further than it says?"""
