// Colours the code of the book.
