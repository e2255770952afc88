"""The long code lists, one file each, with the address of their publisher."""
