"""What a plan means in detail: which post goes where, the roster, waits, reasons."""
