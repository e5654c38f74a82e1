"""What happens around the rules: handling and publishing."""
