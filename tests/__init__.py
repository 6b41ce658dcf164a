"""The tests, a file a module; what several of them build lies beside them."""
