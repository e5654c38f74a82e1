"""Legal holds: what litigation, a requisition or an audit keeps from going (C6.2, C8.4)."""
