"""Tests of the consent service's pure parts."""
