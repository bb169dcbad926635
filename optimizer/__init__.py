"""Fair allocation of scarce staff: problems in, proven and audited plans out."""
