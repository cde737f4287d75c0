"""The API that every peer answers: its document, its songs, and handlers from memory."""
