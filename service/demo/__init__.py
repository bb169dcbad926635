"""The Basra demo: what is known, with its source, and made-up rows that say so."""
