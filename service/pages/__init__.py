"""Pages for planners and directors: routes, templates, and what the browser loads."""
