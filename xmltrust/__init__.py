"""The only door from bytes to XML elements, where XML is signed, verified, encrypted, decrypted."""
