"""What did people write to us, who are they, and what has become of their letters?"""
