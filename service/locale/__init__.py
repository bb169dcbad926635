"""Language of pages and reports: Arabic first, English second."""
