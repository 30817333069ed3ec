"""Knowledge graphs: their readers, and what they do to vectors."""
