"""Updates of the program: installed beside the one that runs, tried on a copy of the data, taken back if they fail."""
