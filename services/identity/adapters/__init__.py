"""Where identity touches the outside: password hashing, the e-mail index, signed links."""
