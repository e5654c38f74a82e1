"""The web front: the portal, the staff's consoles and the way into the services."""
