// A version.
