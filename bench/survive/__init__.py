"""Births and moves while everything is killed: what must come out right all the same."""
