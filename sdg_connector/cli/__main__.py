"""``python -m sdg_connector.cli``: the console command where no script is installed."""

from sdg_connector.cli import main

main()
