"""`python -m coopkg` is `coopkg`."""

from coopkg.cli import main

raise SystemExit(main())
