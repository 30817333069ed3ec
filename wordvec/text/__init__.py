"""Text in, integer ids out: tokenizers, vocabulary, corpus."""
