"""The record of processing activities (GDPR art. 30), made from what the system goes by."""
