"""Every place where text of strangers is read, as a function of bytes that asserts what must hold for any of them."""
