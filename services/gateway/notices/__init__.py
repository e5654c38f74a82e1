"""Notices as they come: who is listening, what they are told, and how many are unread."""
