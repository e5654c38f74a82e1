"""Acts that let data go: asked for by one person, confirmed by another (four eyes)."""
