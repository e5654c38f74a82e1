"""Searching everything stored for what an erasure should have left nowhere.

This package shares no code with the services' erasing hooks and reads raw bytes, so that neither a
hook that failed nor a read model that shows too little can make an erasure look done.
"""
