// A number of some other kind.
