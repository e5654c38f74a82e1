"""Where consent touches the outside: the purposes file."""
