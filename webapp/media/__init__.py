"""Copies of images in the sizes that clients need."""
