"""English and Russian: which one a reader gets, its texts, and how it writes numbers and dates."""
