// The name was made before the text was final: mdBook's issue 2741.
