import Platform

/// `sha256:` and 64 digits.
func digest(_ bytes: [UInt8]) -> String { SHA256Digest.of(bytes).description }
