"""What people and machines read of a dataset: card, pictures, Croissant, citation, deposits for archives."""
