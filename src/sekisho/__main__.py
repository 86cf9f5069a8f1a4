"""The command line as a module: ``python -m sekisho``, for where the command is not on the path."""

from sekisho.cli import main

if __name__ == "__main__":
    main()
