"""Ask a Member State who the user is; believe only a verified answer."""
