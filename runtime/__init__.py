"""What a process needs to stand: settings, logs, pools, the engine's client, keys, its end."""
