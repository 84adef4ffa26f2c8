package import Ledger
package import Platform
package import Requests

/// The key that signs receipts and records, and the public halves of those that did before.
///
/// The private key is a systemd credential, or a file made at the first start that nobody but the daemon's user can read.
/// Which key signed from when on stands in the ledger's audit chain; `hamud.pub`, the file that people copy away, is made
/// anew from there. Another key (the old one was moved away, or the credential changed) is a rotation: what the old one
/// signed stays valid against the old public key, which stays in that file. It does so also where the ledger was lost,
/// or is older than the key: what the file lists and the ledger lacks goes into the ledger first.
package struct Keyring: Sendable {
  /// The name of the credential, and of the file.
  package static let credential = "hamud.key"
  private static let keyMode: UInt32 = 0o600
  private static let publicMode: UInt32 = 0o644
  /// A PEM file of one key has some 120 bytes.
  private static let keyBytes = 4096
  /// Of the public keys, likewise: thousands of rotations.
  private static let publicBytes = 1 << 20

  package let key: SigningKey

  /// The name (`VerifyingKey.id`) of the key that signed until the last stop; nil at the first start.
  package let before: String?
  package var isAsBefore: Bool { before == key.verifying.id }

  /// Opens the key, makes it where there is none, and brings the file of public keys up to date.
  ///
  /// - Throws: where a key is there and cannot be used: signing with another one in its place is a person's decision.
  package static func open(
    _ places: Places, _ ledger: Ledger, environment: (String) -> String? = ProcessControl.environment, at now: Timestamp
  ) throws -> Keyring {
    let key = try load(places, environment: environment)
    let before = try ledger.signingKeys().first
    let listed = try listed(places.publicKeys, isAllThereIs: before == nil)
    // The first one before the ledger names it: who verifies beside a first start finds the file with the key. (And
    // with those that it listed: until the ledger has them they are nowhere else.)
    if before == nil {
      try publish([key.verifying] + listed.filter { $0 != key.verifying }, to: places.publicKeys)
    }
    try ledger.noteSigningKey(key.verifying, after: listed, at: now)
    try publish(try ledger.signingKeys(), to: places.publicKeys)
    return Keyring(key: key, before: before?.id)
  }

  private static func load(_ places: Places, environment: (String) -> String?) throws(PlatformError) -> SigningKey {
    if let directory = environment("CREDENTIALS_DIRECTORY") {
      let path = Paths.join(directory, credential)
      if try FileStatus.ifPresent(path) != nil { return try read(path) }
    }
    let path = places.signingKey
    guard let status = try FileStatus.ifPresent(path) else {
      let key = try SigningKey.make()
      try DurableFile.publish(key.pem, to: path, attributes: FileAttributes(mode: keyMode), replacing: false)
      return key
    }
    guard status.mode & 0o077 == 0 else {
      throw PlatformError(
        operation: "sign with", path: path,
        cause: .unsuitable("others may read or write it (mode \(String(status.mode, radix: 8)))"),
        hint: "if nobody else did, chmod 600 it; if somebody may have, move it away, and a new one is made")
    }
    return try read(path)
  }

  private static func read(_ path: String) throws(PlatformError) -> SigningKey {
    let bytes = try DataFile.read(path, limit: keyBytes)
    guard let text = String(validating: bytes, as: UTF8.self), let key = SigningKey(pem: text) else {
      throw PlatformError(
        operation: "sign with", path: path, cause: .unsuitable("it is no private Ed25519 key in PEM"),
        hint: "bring it back, or make one with openssl genpkey -algorithm ed25519")
    }
    return key
  }

  /// The keys that the file of public keys lists, each once, in its order; none where it is not there or is no such
  /// list.
  ///
  /// - Parameter isAllThereIs: the ledger names none. A file that cannot be read is an error then, since writing it
  ///   anew would lose for good what it lists; where the ledger has them, it is written anew.
  private static func listed(_ path: String, isAllThereIs: Bool) throws(PlatformError) -> [VerifyingKey] {
    let bytes: [UInt8]
    do {
      bytes = try DataFile.read(path, limit: publicBytes)
    } catch {
      guard isAllThereIs, error.code != .noSuchFile else { return [] }
      throw PlatformError(
        operation: error.operation, path: path, cause: error.cause,
        hint: "it alone may list the keys that signed before, for the ledger names none: make it readable, or bring it"
          + " back from a copy; or move it away, and what those signed is taken for another's")
    }
    var keys: [VerifyingKey] = []
    for key in VerifyingKey.list(pem: String(decoding: bytes, as: UTF8.self)) ?? [] where !keys.contains(key) {
      keys.append(key)
    }
    return keys
  }

  private static func publish(_ keys: [VerifyingKey], to path: String) throws(PlatformError) {
    let text = text(of: keys)
    if let old = try? DataFile.read(path, limit: text.utf8.count), old == Array(text.utf8) { return }
    try DurableFile.publish(text, to: path, attributes: FileAttributes(mode: publicMode))
  }

  /// What the file of public keys holds; OpenSSL reads the first of them.
  package static func text(of keys: [VerifyingKey]) -> String {
    keys.enumerated().map { index, key in
      "\(index == 0 ? "signs now" : "signed before"): \(key.id)\n\(key.pem)"
    }.joined(separator: "\n")
  }
}

extension SigningKey {
  /// A receipt as it is written, with its signature as the last line.
  package func sign(_ receipt: Receipt) throws(PlatformError) -> [UInt8] {
    try receipt.signed { (bytes) throws(PlatformError) in try sign(bytes).description }
  }
}
