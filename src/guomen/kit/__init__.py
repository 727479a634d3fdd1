"""Small shared tools: ids, words, errors, blobs, keys, web layout. No models, no domain."""
