"""What the page asks of the server: one module a view, each with its ``ROUTES``; no logic of its own."""
