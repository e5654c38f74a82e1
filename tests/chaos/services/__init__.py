"""Two small real services on the kernel: what the faults strike."""
