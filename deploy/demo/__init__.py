"""The demonstration: years of the platform's life on a virtual clock, and the proof of forgetting.

lives/    who comes, what they do and when: seeded, pure
drive/    the system under its clock: start, act over HTTP, settle, step from day to day
oracle/   the terms of the policy restated, and what they expect of the run
scan/     every byte stored, searched for what should be unreadable
report/   the outcome as data, on the terminal and as a page
"""
