"""The learning service: catalogue, enrolments, certifications, invoices, recordings."""
