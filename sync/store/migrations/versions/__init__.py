"""One module for each revision; never changed once it has been released."""
