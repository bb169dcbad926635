"""Jobs: solves that outlive the request that asked for them, the worker and the server."""
