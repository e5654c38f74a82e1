"""The live session aggregate: when a group meets, with which trainer and external speaker (C6.3).

Who takes part is nobody's list: it is the group's learners at the time of asking.
"""
