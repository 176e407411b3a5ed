"""``python -m fulfillsim`` is the command ``fulfillsim``."""

from fulfillsim.cli.app import main

if __name__ == "__main__":
    main()
