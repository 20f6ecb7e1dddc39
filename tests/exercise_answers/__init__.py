"""Answers to the exercises: right ones, and wrong ones with a word of their hints."""
