"""The I/O shell: HTTP, stores, access points, keys and the clock behind the ports of the core."""
