"""The scenario of a birth: a town, its people, and the scenes that demo and tests play there."""
