"""The pure part of retention: rules, lives, clocks, holds, erasure cases."""
