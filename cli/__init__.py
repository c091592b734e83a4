"""The ``jukiflow`` command."""
