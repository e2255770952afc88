"""``sdg-connector demo``: one cross-border journey between real processes on this machine."""
