// One word-like name without company.
