"""What is published: objects, their pictures, and the way to publication and back."""
