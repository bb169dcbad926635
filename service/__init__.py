"""What people and programs meet: pages, maps, jobs, exports and the command line."""
