"""What leaves on paper: the report of a plan and the letter to the ministry, drawn by ourselves."""
