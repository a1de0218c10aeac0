"""What may everyone read, and who has said so?"""
