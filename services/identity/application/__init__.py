"""What happens around the rules: handling, reacting, publishing."""
