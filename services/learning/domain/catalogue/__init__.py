"""What is taught: modules, their exercises, and how an answer is scored."""
