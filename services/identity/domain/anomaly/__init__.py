"""Anomalies: what the technical traces are watched for (C1.5, C7.4, C7.8)."""
