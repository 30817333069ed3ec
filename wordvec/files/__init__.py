"""Other people's formats: word2vec text and binary, gensim."""
