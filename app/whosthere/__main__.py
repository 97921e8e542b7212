"""`python -m whosthere`: the command line."""

from whosthere.cli import main

if __name__ == "__main__":
    main()
