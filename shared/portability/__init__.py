"""What a person takes to another platform, or brings from one (C8.5; GDPR art. 20).

Pure: what counts as provided, the shape of the file, learning records as xAPI, and reading a file
that somebody else may have made.
"""
