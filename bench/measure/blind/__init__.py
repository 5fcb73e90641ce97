"""How long a camera's cells are taken as watched though they are not, and the other way round."""
