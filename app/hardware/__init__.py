"""Devices: `ports` is what services know; everything else here is a driver behind one of them."""
