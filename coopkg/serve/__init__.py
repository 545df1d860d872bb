"""One generation becomes answers over HTTP."""
