"""The system under a virtual clock, driven from outside as any client would."""
