"""Notebook 00: the numbers of an image."""

from .answers import whole


def pixels(answer):
    """00a: how many numbers is one 28x28 image?"""
    height = width = 28
    answer = whole(answer)
    if answer is None:
        return "The answer is a whole number, such as answer = 10."
    if answer == height * width:
        return None
    if answer == height + width:
        return "Rows and columns are multiplied: each pixel is a number."
    return "An image has 28 rows of 28 pixels, and a grey pixel is one number."
