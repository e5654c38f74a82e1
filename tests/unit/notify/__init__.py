"""Tests of the notify service's pure parts."""
