"""The server: takes the journals of the tills, keeps the books, and gives the feed."""
